/**
 * The pollers of one mapping: one worker, or in provisioned mode as many as its lag asks for, in one consumer group.
 * Not for what a worker does: see mapping-worker.ts; nor for whether the mapping is to run: see mapping-slot.ts.
 */
import type { Mapping } from './mapping.ts'
import { MappingWorker, type WorkerOptions } from './mapping-worker.ts'
import { lagOf } from './metrics.ts'
import type { PartitionStatus } from './partition.ts'
import { firstPollers, wantedPollers } from './scaling.ts'

/** Works from construction until `stop`. */
export class Pollers {
  readonly #mapping: Mapping
  readonly #options: WorkerOptions
  readonly #workers: MappingWorker[] = []
  readonly #leaving = new Set<Promise<void>>()
  readonly #timer: NodeJS.Timeout | undefined
  #calmLooks = 0

  constructor(mapping: Mapping, options: WorkerOptions) {
    this.#mapping = mapping
    this.#options = options
    const bounds = this.#bounds()
    const first = bounds ? firstPollers(bounds) : 1
    while (this.#workers.length < first) this.#workers.push(new MappingWorker(mapping, options))
    if (bounds) this.#timer = setInterval(() => this.#scale(), options.settings.scalingIntervalMs)
  }

  get size(): number {
    return this.#workers.length
  }

  /** Whether a worker has been given its partitions, or been told that there is none for it. */
  get isJoined(): boolean {
    return this.#workers.some(({ isJoined }) => isJoined)
  }

  /** Whether the mapping has a range and all of it is settled. */
  get isEnded(): boolean {
    const { range } = this.#mapping
    if (!range) return false
    return range.every(({ partition, start, end }) => start === end || this.#hasEnded(partition))
  }

  get invocationsInFlight(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.invocationsInFlight, 0)
  }

  /** A problem of any worker, else OK of any, else that nothing was processed. */
  get lastProcessingResult(): string {
    const results = this.#workers.map(({ lastProcessingResult }) => lastProcessingResult)
    return (
      results.find((result) => result.startsWith('PROBLEM')) ??
      results.find((r) => r === 'OK') ??
      (results[0] as string)
    )
  }

  partitionStatus(): PartitionStatus[] {
    return this.#workers.flatMap((worker) => worker.partitionStatus()).sort((a, b) => a.partition - b.partition)
  }

  /** Ends all workers in order: each takes no more records, lets its invocations end, commits, leaves the group. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([...this.#workers.map((worker) => worker.stop()), ...this.#leaving])
  }

  #hasEnded(partition: number): boolean {
    return this.#workers.some((worker) => worker.hasEnded(partition))
  }

  #bounds() {
    const { pollers } = this.#mapping
    return pollers && { ...pollers, localMax: this.#options.settings.maxPollers }
  }

  #scale(): void {
    const bounds = this.#bounds()
    if (!bounds || this.#leaving.size > 0) return
    const partitions = this.partitionStatus()
    const { SumOffsetLag: lag } = lagOf(partitions)
    const { batchSize } = this.#mapping
    const capacity = this.#workers.length * this.#options.settings.maxConcurrentInvocations * batchSize
    this.#calmLooks = lag > capacity ? 0 : this.#calmLooks + 1
    const load = { pollers: this.size, partitions: partitions.length, lag, capacity, calmLooks: this.#calmLooks }
    const wanted = wantedPollers(load, bounds)
    if (wanted === this.size) return
    if (wanted > this.size) this.#workers.push(new MappingWorker(this.#mapping, this.#options))
    else this.#retire(this.#workers.pop())
    this.#options.report({ type: 'scaled', mapping: this.#mapping.id, pollers: this.size, lag })
  }

  #retire(worker: MappingWorker | undefined): void {
    const left = worker?.stop().finally(() => this.#leaving.delete(left as Promise<void>))
    if (left) this.#leaving.add(left)
  }
}
