/**
 * The place of one mapping: brings what runs in line with what is deployed and wanted, one step after the other.
 * Not for finding out what that is: see mappings.ts; nor for the work itself: see pollers.ts.
 */
import { fullJitter, pause } from './backoff.ts'
import { type DeployedMapping, provisionedWarning, refusedChange } from './deployed-mapping.ts'
import type { Mapping } from './mapping.ts'
import type { MappingStatus } from './mapping-status.ts'
import { noRecords, type WorkerOptions } from './mapping-worker.ts'
import { lagOf, type MetricsCounter, metricsCounter } from './metrics.ts'
import { Pollers } from './pollers.ts'
import type { MappingState, Report } from './report.ts'

/** What is wanted of a slot: a deployed mapping, its end because it is deployed no more, or an end of work. */
export type Wanted = DeployedMapping | 'deleted' | 'stopped'

/** Finds the brokers of an MSK cluster, `host:port` each; rejects when it cannot now. */
export type BootstrapServersOf = (clusterArn: string) => Promise<readonly string[]>

/** What a slot needs besides its mapping. */
export type SlotOptions = Omit<WorkerOptions, 'onChange'> & {
  /** Null when there are no MSK sources. */
  readonly bootstrapServersOf: BootstrapServersOf | null
}

/** A mapping of this poller. Steps that take long hold back no other mapping. */
export class MappingSlot {
  readonly #id: string
  readonly #options: WorkerOptions & SlotOptions
  readonly #report: Report
  readonly #metrics: MetricsCounter
  #wanted: Wanted
  #mapping: Mapping | null = null
  #pollers: Pollers | null = null
  #refusal: string | null = null
  #state: MappingState = 'Creating'
  #lastResult = noRecords
  #lastReported = ''
  #isEndReported = false
  #converging: Promise<void> | null = null

  constructor(wanted: DeployedMapping, options: SlotOptions) {
    this.#id = wanted.id
    this.#wanted = wanted
    this.#metrics = metricsCounter(options.settings)
    this.#report = (event) => {
      this.#metrics.count(event)
      options.report(event)
    }
    this.#options = { ...options, report: this.#report, onChange: () => this.#onChange() }
    this.want(wanted)
  }

  /** Says what is wanted from now on. The last word counts; a step that has begun is finished first. */
  want(wanted: Wanted): void {
    this.#wanted = wanted
    this.#converging ??= this.#converge()
  }

  /** False when it is to end, or has ended, because its mapping is deployed no more. */
  get isWanted(): boolean {
    return this.#wanted !== 'deleted'
  }

  /** The definition that was accepted last, whose group is this mapping's; null before the first. */
  get mapping(): Mapping | null {
    return this.#mapping
  }

  /** Resolves when nothing is left to be done. */
  async settled(): Promise<void> {
    while (this.#converging) await this.#converging
  }

  status(): MappingStatus {
    const pollers = this.#pollers
    const partitions = pollers?.partitionStatus() ?? []
    return {
      id: this.#id,
      functionName: this.#mapping?.functionName ?? '',
      topic: this.#mapping?.topic ?? '',
      consumerGroupId: this.#mapping?.consumerGroupId ?? '',
      state: this.#state,
      lastProcessingResult: this.#result(),
      pollers: pollers?.size ?? 0,
      invocationsInFlight: pollers?.invocationsInFlight ?? 0,
      metrics: { ...this.#metrics.counts(), ...lagOf(partitions) },
      invocationMs: this.#metrics.invocationMs(),
      partitions,
    }
  }

  async #converge(): Promise<void> {
    try {
      for (let done: Wanted | null = null; done !== this.#wanted; ) {
        done = this.#wanted
        if (done === 'deleted') await this.#delete()
        else if (done === 'stopped') await this.#stop('Stopping', 'Stopped')
        else await this.#bringInLine(done)
      }
    } finally {
      // In the same step as the last look: what is wanted after it must find that this has ended.
      this.#converging = null
    }
  }

  /** One that comes back is a new one, which may read something else. */
  async #delete(): Promise<void> {
    await this.#stop('Deleting')
    this.#mapping = null
  }

  async #bringInLine(deployed: DeployedMapping): Promise<void> {
    const known = this.#mapping
    this.#refusal = deployed.problem ?? (known && deployed.mapping && refusedChange(known, deployed.mapping))
    const accepted = this.#refusal === null ? deployed.mapping : known
    if (!accepted || !(deployed.wanted ?? accepted.enabled)) {
      this.#mapping = accepted
      await this.#stop('Disabling', 'Disabled')
      return
    }
    const isSame = known !== null && isEqual(known, accepted)
    this.#mapping = accepted
    if (this.#pollers && isSame) {
      this.#reportState()
      return
    }
    const isUpdate = this.#pollers !== null
    if (isUpdate) await this.#stop('Updating')
    const warning = provisionedWarning(accepted)
    if (warning !== null && !isSame) this.#report({ type: 'warning', mapping: this.#id, reason: warning })
    this.#setState(isUpdate ? 'Updating' : this.#state === 'Disabled' ? 'Enabling' : 'Creating')
    const located = accepted.eventSourceArn === null ? accepted : await this.#locate(accepted, accepted.eventSourceArn)
    if (located) this.#pollers = new Pollers(located, this.#options)
  }

  /** The mapping with its brokers; null when they cannot be found and something else is wanted meanwhile. */
  async #locate(mapping: Mapping, clusterArn: string): Promise<Mapping | null> {
    const wanted = this.#wanted
    for (let failures = 1; this.#wanted === wanted; failures += 1) {
      try {
        return { ...mapping, bootstrapServers: (await this.#options.bootstrapServersOf?.(clusterArn)) ?? [] }
      } catch (error) {
        const reason = `the brokers of ${clusterArn} cannot be found: ${(error as Error).message}`
        this.#report({ type: 'polling-failed', mapping: this.#id, reason })
        this.#lastResult = `PROBLEM: ${reason}`
        this.#reportState()
        await pause(fullJitter(failures, this.#options.settings.reconnectBackoff))
      }
    }
    return null
  }

  /** Ends what runs, in order, being in the state `during`; `after` unless that is to be said by what follows. */
  async #stop(during: MappingState, after: MappingState | null = null): Promise<void> {
    const pollers = this.#pollers
    if (pollers) {
      this.#setState(during)
      await pollers.stop()
      this.#lastResult = pollers.lastProcessingResult
      this.#pollers = null
    }
    if (after !== null || during === 'Deleting') this.#setState(after ?? during)
  }

  #onChange(): void {
    const isOnTheWay = this.#state === 'Creating' || this.#state === 'Enabling' || this.#state === 'Updating'
    // While the pollers before an update end, they are not what it waits for.
    if (isOnTheWay && this.#pollers?.isJoined && !this.#isStopping()) this.#state = 'Enabled'
    this.#reportState()
    if (this.#isEndReported || !this.#pollers?.isEnded) return
    this.#isEndReported = true
    this.#report({ type: 'ended', mapping: this.#id })
  }

  #isStopping(): boolean {
    return this.#converging !== null && this.#state === 'Updating'
  }

  #result(): string {
    if (this.#refusal !== null) return `PROBLEM: ${this.#refusal}`
    return this.#pollers?.lastProcessingResult ?? this.#lastResult
  }

  #setState(state: MappingState): void {
    this.#state = state
    this.#reportState()
  }

  #reportState(): void {
    const result = this.#result()
    if (this.#lastReported === this.#state + result) return
    this.#lastReported = this.#state + result
    this.#report({ type: 'state', mapping: this.#id, state: this.#state, result })
  }
}

/** Mappings are plain data, and made with their properties in one order. */
function isEqual(one: Mapping, other: Mapping): boolean {
  return JSON.stringify({ ...one, enabled: true }) === JSON.stringify({ ...other, enabled: true })
}
