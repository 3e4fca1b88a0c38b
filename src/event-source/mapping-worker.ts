/**
 * One poller of a mapping: joins its membership, dispatcher and committer.
 * Not for the parts of that: membership.ts fetches, dispatcher.ts sends, committer.ts commits.
 */
import { Committer } from './committer.ts'
import type { OpenDestination } from './destination/destination.ts'
import { Dispatcher } from './dispatcher.ts'
import type { Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import { Membership } from './membership.ts'
import type { PartitionStatus } from './partition.ts'
import { startsOf } from './range.ts'
import type { Report } from './report.ts'
import type { Secrets } from './secrets.ts'
import type { PollerSettings } from './settings.ts'
import { kafkaProblem, sourceSecurity } from './source-security.ts'

/** What a worker needs besides its mapping. `report` must not throw. */
export type WorkerOptions = {
  readonly clientId: string
  readonly invoker: Invoker
  readonly openDestination: OpenDestination | null
  /** Only needed where a mapping names some. */
  readonly secrets: Secrets | null
  readonly settings: PollerSettings
  readonly report: Report
  /** The worker joined, or its last processing result is another one. */
  readonly onChange: () => void
}

/** The last processing result of a mapping that has not invoked its function yet. */
export const noRecords = 'No records processed'
/** How long stopping waits for the last commit, in ms. */
const lastCommitDeadlineMs = 3_000
/** Below every offset, so that a new log's start is committed, whatever the group holds. */
const neverCommitted = -1

/** Works from construction until `stop`. Nothing that Kafka or the function does makes it throw. */
export class MappingWorker {
  readonly #id: string
  readonly #options: WorkerOptions
  readonly #dispatcher: Dispatcher
  readonly #committer: Committer
  readonly #membership: Membership
  #isJoined = false
  #kafkaProblem: string | null = null
  #registryProblem: string | null = null
  #result = noRecords

  constructor(mapping: Mapping, options: WorkerOptions) {
    const { settings, report, clientId, secrets } = options
    const { id, topic, consumerGroupId: groupId, range } = mapping
    const startingPosition = range ? { offsets: startsOf(range) } : mapping.startingPosition
    const bootstrapServers = mapping.bootstrapServers.join(',')
    const security = () => sourceSecurity(mapping.access, secrets, settings)
    this.#id = id
    this.#options = options
    this.#dispatcher = new Dispatcher({
      ...options,
      mapping,
      isInGroup: () => this.#membership.isInGroup(),
      setPaused: (partition, paused) => this.#membership.setPaused(partition, paused),
      onSettled: () => {
        this.#committer.poke()
        if (range) options.onChange()
      },
      onResult: (problem) => {
        this.#result = problem === null ? 'OK' : `PROBLEM: ${problem}`
        options.onChange()
      },
      onRegistryProblem: (problem) => {
        this.#registryProblem = problem
        options.onChange()
      },
    })
    this.#committer = new Committer({
      settings,
      partitions: () => this.#dispatcher.partitions.values(),
      commit: (offsets) => this.#membership.commit(offsets),
      onCommitted: (offsets, records) => report({ type: 'commit', mapping: id, offsets, records }),
      onFailed: ({ message }) => report({ type: 'commit-failed', mapping: id, reason: message }),
    })
    this.#membership = new Membership(
      { bootstrapServers, security, clientId, topic, groupId, startingPosition },
      {
        assigned: (partitions) => this.#onAssigned(partitions),
        position: (partition, committed) => this.#onPosition(partition, committed),
        moved: (partition, from, to) => this.#onMoved(partition, from, to),
        records: (fetched) => {
          this.#dispatcher.receive(fetched)
          options.onChange()
        },
        inGroup: () => {
          this.#dispatcher.proceed()
          this.#committer.poke()
        },
        problem: (error) => {
          const reason = kafkaProblem(error)
          report({ type: 'polling-failed', mapping: id, reason })
          this.#setKafkaProblem(reason)
        },
        recovered: () => this.#setKafkaProblem(null),
      },
      settings,
    )
  }

  /** Whether the group has ever given partitions to this worker, or told that there is none for it. */
  get isJoined(): boolean {
    return this.#isJoined
  }

  get invocationsInFlight(): number {
    return this.#dispatcher.invocationsInFlight
  }

  /** `OK`, `No records processed`, or `PROBLEM: ` and a sentence. */
  get lastProcessingResult(): string {
    const problem = this.#kafkaProblem ?? this.#registryProblem
    if (problem !== null) return `PROBLEM: ${problem}`
    for (const { id, held } of this.#dispatcher.partitions.values()) {
      if (held) return `PROBLEM: partition ${id} is held at offset ${held.offset}: ${held.reason}`
    }
    return this.#result
  }

  /** Whether the partition is this worker's and settled up to its end. */
  hasEnded(partition: number): boolean {
    return this.#dispatcher.partitions.get(partition)?.isEnded ?? false
  }

  partitionStatus(): PartitionStatus[] {
    return this.#dispatcher.partitionStatus()
  }

  /** Takes no more records, lets invocations in flight end up to the deadline, commits, leaves the group. */
  async stop(): Promise<void> {
    await this.#dispatcher.stop()
    await this.#committer.close(lastCommitDeadlineMs)
    await this.#membership.close()
  }

  #onAssigned(partitions: readonly number[]): void {
    this.#dispatcher.keepOnly(partitions)
    this.#options.report({ type: 'assigned', mapping: this.#id, partitions })
    this.#isJoined = true
    this.#setKafkaProblem(null)
  }

  /** A partition that was this member's before goes on with its queue, unless the group offset speaks against it. */
  #onPosition(id: number, committed: number): number {
    const known = this.#dispatcher.partitions.get(id)
    const isContinued = known?.isContinuedBy(committed) ?? false
    if (isContinued) this.#dispatcher.goOn(id)
    else this.#dispatcher.begin(id, committed, committed)
    this.#committer.poke()
    this.#setKafkaProblem(null)
    return known && isContinued ? known.prefix.end : committed
  }

  #onMoved(id: number, from: number, to: number): void {
    this.#options.report({ type: 'moved', mapping: this.#id, partition: id, from, to })
    const known = this.#dispatcher.partitions.get(id)
    // What was fetched before the log lost it still goes out; a log that starts over has nothing to do with it.
    if (known && from < to) this.#dispatcher.skipTo(id, to)
    else this.#dispatcher.begin(id, neverCommitted, to)
    this.#committer.poke()
    this.#options.onChange()
  }

  #setKafkaProblem(problem: string | null): void {
    this.#kafkaProblem = problem
    this.#options.onChange()
  }
}
