/**
 * A first-in first-out queue of records that knows its size in bytes.
 */
import type { QueuedRecord } from './event.ts'

/** Constant time at both ends; `bytes` is the sum over the queued records' JSON. */
export class RecordQueue {
  #records: (QueuedRecord | undefined)[] = []
  #head = 0
  #bytes = 0

  get length(): number {
    return this.#records.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  push(record: QueuedRecord): void {
    this.#records.push(record)
    this.#bytes += record.bytes
  }

  /** The oldest record, left in place. */
  peek(): QueuedRecord | undefined {
    return this.#records[this.#head]
  }

  /** Removes the oldest record. */
  shift(): QueuedRecord | undefined {
    const record = this.#records[this.#head]
    if (!record) return undefined
    this.#records[this.#head] = undefined
    this.#head += 1
    this.#bytes -= record.bytes
    if (this.#head === this.#records.length) {
      this.#records = []
      this.#head = 0
    } else if (this.#head > 1024 && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head)
      this.#head = 0
    }
    return record
  }
}
