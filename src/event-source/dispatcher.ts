/**
 * The partitions of one mapping between fetching and committing: queues what was fetched, sends batches, tracks what is
 * in flight. Not for fetching (membership.ts), choosing (assembler.ts), invoking (delivery.ts) or committing.
 */
import type { FetchedRecords } from '../connect/kafka-consumer-port.ts'
import { type Assembly, assemble } from './assembler.ts'
import { waitAtMost } from './backoff.ts'
import { type DeliveryContext, deliver } from './delivery.ts'
import type { OnFailureDestination, OpenDestination } from './destination/destination.ts'
import { discard } from './discard.ts'
import { type Batch, type EventWriter, eventBytes, eventWriter } from './event.ts'
import { type FailurePolicy, retriesOf } from './failure.ts'
import { compileFilter, type RecordFilter } from './filter/record-filter.ts'
import type { Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import { Partition, type PartitionStatus } from './partition.ts'
import { endOf, fetchedBefore } from './range.ts'
import type { Decoding } from './registry/decoding.ts'
import { openDecoding } from './registry/open-decoding.ts'
import type { Report } from './report.ts'
import type { Secrets } from './secrets.ts'
import { type PollerSettings, partitionQueueBytes, withoutDestination } from './settings.ts'
import { Slots } from './slots.ts'

/** What a dispatcher works with, and whom it tells. */
export type DispatcherContext = {
  readonly mapping: Mapping
  readonly invoker: Invoker
  /** Opens the mapping's destination; only needed where it has one. */
  readonly openDestination: OpenDestination | null
  /** Only needed where its schema registry names some. */
  readonly secrets: Secrets | null
  readonly settings: PollerSettings
  /** Must not throw. */
  readonly report: Report
  /** Whether the group cannot have given the partitions to another member by now. */
  isInGroup(): boolean
  /** Asks to fetch a partition no more, or again. */
  setPaused(partition: number, paused: boolean): void
  /** A partition's settled prefix may have grown. */
  onSettled(): void
  /** How the last invocation ended: null, or a sentence. */
  onResult(problem: string | null): void
  /** Why records wait for a schema, null when none do. */
  onRegistryProblem(problem: string | null): void
}

/** How long stopping waits for an abandoned invocation to be given up, in ms. */
const abandonDeadlineMs = 1_000

/** Sends at most one batch of a partition at a time, many of disjoint partitions; none while its member may be replaced. */
export class Dispatcher {
  readonly #context: DispatcherContext
  readonly #writer: EventWriter
  readonly #policy: FailurePolicy
  readonly #filter: RecordFilter | null
  readonly #destination: OnFailureDestination | null
  readonly #decoding: Decoding | null
  readonly #partitions = new Map<number, Partition>()
  /** Partitions that a batch in flight holds, lost ones included: a regained one waits for its old batch. */
  readonly #inFlight = new Set<number>()
  readonly #deliveries = new Set<Promise<void>>()
  readonly #slots: Slots
  readonly #stopping = new AbortController()
  readonly #abandoned = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #pump: NodeJS.Immediate | undefined
  readonly #isFull = ({ queue }: Partition) => queue.bytes >= this.#queueLimit()

  constructor(context: DispatcherContext) {
    const { mapping, settings, openDestination } = context
    const { destination, id: mappingId } = mapping
    this.#context = context
    this.#writer = eventWriter(mapping, settings.format)
    this.#filter = mapping.filterPatterns.length > 0 ? compileFilter(mapping.filterPatterns) : null
    this.#policy = { ...settings, ...mapping, retries: retriesOf(mapping.retries, destination !== null) }
    this.#destination =
      destination && (openDestination?.(destination, { ...mapping, mappingId, writer: this.#writer }) ?? null)
    this.#decoding = this.#newDecoding()
    this.#slots = new Slots(settings.maxConcurrentInvocations, () => this.#isSure())
  }

  /** Owned partitions. */
  get partitions(): ReadonlyMap<number, Partition> {
    return this.#partitions
  }

  get invocationsInFlight(): number {
    return this.#deliveries.size
  }

  partitionStatus(): PartitionStatus[] {
    const statuses = [...this.#partitions.values()].map((each) => each.status(this.#inFlight.has(each.id)))
    return statuses.sort((a, b) => a.partition - b.partition)
  }

  /** Loses all partitions but these, which wait until they begin or go on. */
  keepOnly(ids: readonly number[]): void {
    for (const [id, partition] of this.#partitions) {
      partition.isLocated = false
      if (ids.includes(id)) continue
      partition.isLost = true
      this.#partitions.delete(id)
    }
  }

  /** Lets a partition that was kept go on where it is; its member may be a new one, which knows of no pause. */
  goOn(id: number): void {
    const partition = this.#partitions.get(id)
    if (!partition) return
    partition.isLocated = true
    this.#context.setPaused(id, partition.isPaused)
    this.proceed()
  }

  /** Begins a partition at `start`, losing what is known of it. */
  begin(id: number, committed: number, start: number): void {
    const known = this.#partitions.get(id)
    if (known) known.isLost = true
    const partition = new Partition(id, committed, start, endOf(this.#context.mapping.range, id))
    this.#partitions.set(id, partition)
    this.#context.setPaused(id, partition.isRead)
    this.proceed()
  }

  /** Goes on behind records of a partition that the log lost; what was fetched before still goes out. */
  skipTo(id: number, offset: number): void {
    const partition = this.#partitions.get(id)
    partition?.skipTo(offset)
    if (partition?.isRead) this.#context.setPaused(id, true)
  }

  /** Queues fetched records that the filter lets through; pauses the partition when its queue is full or its end is reached. */
  receive(found: FetchedRecords): void {
    const partition = this.#partitions.get(found.partition)
    if (!partition || this.#stopping.signal.aborted) return
    const fetched = partition.end === null ? found : fetchedBefore(partition.end, found)
    if (this.#decoding) {
      this.#decoding.receive(partition, fetched)
      return
    }
    const filtered = partition.receive(fetched, this.#writer, this.#filter, performance.now())
    partition.full ||= this.#isFull(partition)
    if (partition.full || partition.isRead) this.#context.setPaused(partition.id, true)
    this.#onQueued(partition, fetched.records.length, filtered)
  }

  #onQueued({ id }: Partition, records: number, filtered: number): void {
    const { report, mapping, onSettled } = this.#context
    report({ type: 'polled', mapping: mapping.id, partition: id, records, filtered })
    onSettled()
    this.#schedulePump()
  }

  #newDecoding(): Decoding | null {
    const { mapping, settings, secrets, report, setPaused, onRegistryProblem } = this.#context
    const { schemaRegistry, id } = mapping
    if (!schemaRegistry) return null
    return openDecoding(schemaRegistry, secrets, {
      settings,
      waitsForUnknown: this.#destination === null && settings.unknownSchema === 'wait',
      stopping: this.#stopping.signal,
      onFailed: (reason) => report({ type: 'registry-failed', mapping: id, reason }),
      onProblem: onRegistryProblem,
      writer: this.#writer,
      filter: this.#filter,
      isFull: this.#isFull,
      onDecoded: (partition, records, filtered) => {
        setPaused(partition.id, partition.isPaused)
        this.#onQueued(partition, records, filtered)
      },
    })
  }

  /** Lets invocations begin that were held back, if they may: the member is sure of its partitions again. */
  proceed(): void {
    this.#slots.handOut()
    this.#schedulePump()
  }

  /** Asked for each invocation: a process that was frozen wakes up to its records before it hears of its group. */
  #isSure(): boolean {
    return this.#context.isInGroup() && [...this.#partitions.values()].every(({ isLocated }) => isLocated)
  }

  /** Begins no invocation any more and lets those in flight end, giving them up after `stopDeadlineMs`. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    clearImmediate(this.#pump)
    const ended = Promise.allSettled([...this.#deliveries])
    await waitAtMost(this.#context.settings.stopDeadlineMs, ended)
    this.#abandoned.abort()
    await waitAtMost(abandonDeadlineMs, ended)
    await this.#destination?.close()
  }

  /** Batches once the partitions of one fetch have all arrived. */
  #schedulePump(): void {
    this.#pump ??= setImmediate(() => {
      this.#pump = undefined
      this.#dispatch()
    })
  }

  #dispatch(): void {
    clearTimeout(this.#timer)
    const { mapping, settings } = this.#context
    const limits = { ...mapping, payloadLimitBytes: settings.payloadLimitBytes }
    while (this.#slots.isAvailable && !this.#stopping.signal.aborted) {
      const free = [...this.#partitions.values()].filter(({ id, held }) => !held && !this.#inFlight.has(id))
      const assembly = assemble(free, limits, this.#writer, performance.now())
      if (assembly.kind === 'wait') this.#timer = setTimeout(() => this.#dispatch(), assembly.ms)
      if (assembly.kind === 'unfit') this.#onUnfit(assembly)
      else if (assembly.kind !== 'batch') return
      else this.#run(assembly.parts, (context) => deliver(assembly.parts, context))
    }
  }

  /** A record that goes into no event goes to the destination; without one it stops its partition, or is dropped. */
  #onUnfit({ partition: id, record }: Extract<Assembly, { kind: 'unfit' }>): void {
    const { settings, report, mapping } = this.#context
    const { offset, refused } = record
    const batch = [{ partition: id, records: [record] }]
    const bytes = eventBytes(this.#writer, batch)
    const action = this.#destination ? 'destination' : withoutDestination(refused, settings)
    const where = { mapping: mapping.id, partition: id, offset }
    if (refused) report({ type: 'undecodable', ...where, condition: refused, action })
    else report({ type: 'oversized', ...where, bytes, action })
    const partition = this.#partitions.get(id)
    if (action === 'hold' && partition) {
      const reason = refused
        ? `the bytes are not of the schema that they name (${refused})`
        : `the record's event of ${bytes} bytes exceeds the payload limit`
      partition.held = { offset, reason }
      this.#context.setPaused(id, true)
      this.#context.onSettled()
      return
    }
    this.#run(batch, async (context) => {
      const condition = refused ?? 'MaximumPayloadSizeExceeded'
      const reason = { condition, invocations: 0, lastInvocation: null }
      for (const part of await discard(batch, reason, context)) if (context.isOwned(id)) context.onSettled(part)
      context.onReleased(id)
    })
  }

  /** Bytes that a partition may queue. */
  #queueLimit(): number {
    const { settings, mapping } = this.#context
    return partitionQueueBytes(settings, mapping.windowMs, this.#partitions.size)
  }

  #resumeIfDrained(id: number): void {
    const partition = this.#partitions.get(id)
    if (!partition?.full || partition.queue.bytes > this.#queueLimit() / 2) return
    partition.full = false
    if (this.#decoding) this.#decoding.proceed(partition)
    else if (!partition.held && !partition.isRead) this.#context.setPaused(id, false)
  }

  /** Works on records that were taken from the queues; until they are released, their partitions are in flight. */
  #run(batch: Batch, work: (context: DeliveryContext) => Promise<void>): void {
    for (const { partition } of batch) this.#resumeIfDrained(partition)
    const owners = new Map(batch.map(({ partition }) => [partition, this.#partitions.get(partition)]))
    for (const id of owners.keys()) this.#inFlight.add(id)
    const context: DeliveryContext = {
      ...this.#context,
      policy: this.#policy,
      destination: this.#destination,
      writer: this.#writer,
      slots: this.#slots,
      stopping: this.#stopping.signal,
      abandoned: this.#abandoned.signal,
      isOwned: (id) => owners.get(id)?.isLost === false,
      onSettled: (part) => {
        owners.get(part.partition)?.settle(part)
        this.#context.onSettled()
      },
      onReleased: (id) => this.#onReleased(id),
    }
    const delivery = work(context).finally(() => {
      this.#deliveries.delete(delivery)
      this.#schedulePump()
    })
    this.#deliveries.add(delivery)
  }

  /** The next window of a partition starts when its invocation is over. */
  #onReleased(id: number): void {
    this.#inFlight.delete(id)
    const partition = this.#partitions.get(id)
    if (partition) partition.availableSince = performance.now()
    this.#schedulePump()
  }
}
