/**
 * Commits the settled prefixes of a mapping: one request at a time, no more often than the interval allows.
 * Not for knowing how far a partition may be committed: see settled-prefix.ts.
 */
import { fullJitter, pause, waitAtMost } from './backoff.ts'
import type { Partition } from './partition.ts'
import type { PollerSettings } from './settings.ts'

/** What a committer works with. */
export type CommitterContext = {
  readonly settings: PollerSettings
  /** Owned partitions. */
  partitions(): Iterable<Partition>
  /** Commits once; rejects when the group refuses or Kafka does not answer. */
  commit(offsets: ReadonlyMap<number, number>): Promise<void>
  /** `records`: by how much the offsets have moved. */
  onCommitted(offsets: ReadonlyMap<number, number>, records: number): void
  onFailed(error: Error): void
}

/** Runs as long as something is to be committed. A failed commit is repeated with what is owned and settled by then. */
export class Committer {
  readonly #context: CommitterContext
  #running: Promise<void> | null = null
  #isHurried = false
  #isClosed = false
  #wake = new AbortController()

  constructor(context: CommitterContext) {
    this.#context = context
  }

  /** Something was settled, or a partition's records turned out to hold none. */
  poke(): void {
    if (this.#running || this.#isClosed) return
    this.#running = this.#run().finally(() => {
      this.#running = null
    })
  }

  /** Commits what is settled without waiting for the interval, and ends; gives up after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    this.#isHurried = true
    this.#wake.abort()
    this.poke()
    if (this.#running) await waitAtMost(deadlineMs, this.#running)
    this.#isClosed = true
  }

  async #run(): Promise<void> {
    const { settings, commit, onCommitted, onFailed } = this.#context
    let failures = 0
    for (let due = this.#due(); due.size > 0 && !this.#isClosed; due = this.#due()) {
      const offsets = new Map([...due].map(([partition, offset]) => [partition.id, offset]))
      try {
        await commit(offsets)
        let records = 0
        for (const [partition, offset] of due) {
          records += offset - Math.max(0, partition.committed)
          partition.committed = offset
        }
        failures = 0
        onCommitted(offsets, records)
      } catch (error) {
        failures += 1
        onFailed(error as Error)
      }
      const backoffMs = failures > 0 ? fullJitter(failures, settings.retryBackoff) : 0
      if (failures > 0 || !this.#isHurried) {
        await pause(Math.max(this.#isHurried ? 0 : settings.commitIntervalMs, backoffMs), this.#wakeSignal())
      }
    }
  }

  #wakeSignal(): AbortSignal {
    if (this.#isHurried) this.#wake = new AbortController()
    return this.#wake.signal
  }

  #due(): Map<Partition, number> {
    const due = new Map<Partition, number>()
    for (const partition of this.#context.partitions()) {
      if (partition.isLocated && partition.prefix.next > partition.committed) due.set(partition, partition.prefix.next)
    }
    return due
  }
}
