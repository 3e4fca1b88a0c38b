/**
 * Executes one mapping: joins its membership, dispatcher and committer, and knows the mapping's state.
 * Not for the parts of that: membership.ts fetches, dispatcher.ts sends, committer.ts commits.
 */
import { Committer } from './committer.ts'
import type { OpenDestination } from './destination/destination.ts'
import { Dispatcher } from './dispatcher.ts'
import type { Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import { Membership } from './membership.ts'
import type { MappingState, MappingStatus, Report } from './report.ts'
import type { PollerSettings } from './settings.ts'

/** What a worker needs besides its mapping. `report` must not throw. */
export type WorkerOptions = {
  readonly clientId: string
  readonly invoker: Invoker
  readonly openDestination: OpenDestination | null
  readonly settings: PollerSettings
  readonly report: Report
}

/** How long stopping waits for the last commit, in ms. */
const lastCommitDeadlineMs = 3_000
/** Below every offset, so that a new log's start is committed, whatever the group holds. */
const neverCommitted = -1

/** Works from construction until `stop`. Nothing that Kafka or the function does makes it throw. */
export class MappingWorker {
  readonly #mapping: Mapping
  readonly #report: Report
  readonly #dispatcher: Dispatcher
  readonly #committer: Committer
  readonly #membership: Membership
  #state: MappingState = 'Creating'
  #kafkaProblem: string | null = null
  #result = 'No records processed'
  #lastReported = ''

  constructor(mapping: Mapping, { clientId, ...options }: WorkerOptions) {
    const { settings, report } = options
    const { id, topic, consumerGroupId: groupId, startingPosition } = mapping
    this.#mapping = mapping
    this.#report = report
    this.#dispatcher = new Dispatcher({
      ...options,
      mapping,
      setPaused: (partition, paused) => this.#membership.setPaused(partition, paused),
      onSettled: () => this.#committer.poke(),
      onResult: (problem) => {
        this.#result = problem === null ? 'OK' : `PROBLEM: ${problem}`
        this.#reportState()
      },
    })
    this.#committer = new Committer({
      settings,
      partitions: () => this.#dispatcher.partitions.values(),
      commit: (offsets) => this.#membership.commit(offsets),
      onCommitted: (offsets) => report({ type: 'commit', mapping: id, offsets }),
      onFailed: ({ message }) => report({ type: 'commit-failed', mapping: id, reason: message }),
    })
    this.#membership = new Membership(
      { bootstrapServers: mapping.bootstrapServers.join(','), clientId, topic, groupId, startingPosition },
      {
        assigned: (partitions) => this.#onAssigned(partitions),
        position: (partition, committed) => this.#onPosition(partition, committed),
        moved: (partition, from, to) => this.#onMoved(partition, from, to),
        records: (fetched) => {
          this.#dispatcher.receive(fetched)
          this.#reportState()
        },
        inGroup: (isSure) => {
          this.#dispatcher.setOpen(isSure)
          if (isSure) this.#committer.poke()
        },
        problem: ({ message }) => this.#setKafkaProblem(message),
        recovered: () => this.#setKafkaProblem(null),
      },
      settings,
    )
    this.#reportState()
  }

  status(): MappingStatus {
    const { id, functionName, topic, consumerGroupId } = this.#mapping
    return {
      id,
      functionName,
      topic,
      consumerGroupId,
      state: this.#state,
      lastProcessingResult: this.#lastProcessingResult(),
      invocationsInFlight: this.#dispatcher.invocationsInFlight,
      partitions: this.#dispatcher.partitionStatus(),
    }
  }

  /** Takes no more records, lets invocations in flight end up to the deadline, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#setState('Disabling')
    await this.#dispatcher.stop()
    await this.#committer.close(lastCommitDeadlineMs)
    await this.#membership.close()
    this.#setState('Disabled')
  }

  #onAssigned(partitions: readonly number[]): void {
    this.#dispatcher.keepOnly(partitions)
    this.#report({ type: 'assigned', mapping: this.#mapping.id, partitions })
    this.#kafkaProblem = null
    this.#setState(this.#state === 'Creating' ? 'Enabled' : this.#state)
  }

  /** A partition that was this member's before goes on with its queue, unless the group offset speaks against it. */
  #onPosition(id: number, committed: number): number {
    this.#setKafkaProblem(null)
    const known = this.#dispatcher.partitions.get(id)
    if (known?.isContinuedBy(committed)) return known.prefix.end
    this.#dispatcher.begin(id, committed, committed)
    return committed
  }

  #onMoved(id: number, from: number, to: number): void {
    this.#report({ type: 'moved', mapping: this.#mapping.id, partition: id, from, to })
    const known = this.#dispatcher.partitions.get(id)
    // What was fetched before the log lost it still goes out; a log that starts over has nothing to do with it.
    if (known && from < to) known.prefix.skipTo(to)
    else this.#dispatcher.begin(id, neverCommitted, to)
    this.#committer.poke()
  }

  #setKafkaProblem(problem: string | null): void {
    this.#kafkaProblem = problem
    this.#reportState()
  }

  #setState(state: MappingState): void {
    this.#state = state
    this.#reportState()
  }

  #lastProcessingResult(): string {
    if (this.#kafkaProblem !== null) return `PROBLEM: ${this.#kafkaProblem}`
    for (const { id, held } of this.#dispatcher.partitions.values()) {
      if (held) {
        return `PROBLEM: partition ${id} is held at offset ${held.offset}: the record's event of ${held.bytes} bytes exceeds the payload limit`
      }
    }
    return this.#result
  }

  #reportState(): void {
    const result = this.#lastProcessingResult()
    if (this.#lastReported === this.#state + result) return
    this.#lastReported = this.#state + result
    this.#report({ type: 'state', mapping: this.#mapping.id, state: this.#state, result })
  }
}
