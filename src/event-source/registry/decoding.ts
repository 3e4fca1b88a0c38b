/**
 * The partitions of a mapping with a schema registry between fetching and queueing: decodes record after record while
 * there is room, and waits where a schema is not known yet. Not for decoding one record: see record-decoder.ts.
 */
import type { FetchedRecords } from '../../connect/kafka-consumer-port.ts'
import type { EventWriter } from '../event.ts'
import type { RecordFilter } from '../filter/record-filter.ts'
import type { Partition } from '../partition.ts'
import type { RecordDecoder } from './record-decoder.ts'

/** What decoding works with, and whom it tells. */
export type DecodingContext = {
  readonly decode: RecordDecoder
  readonly writer: EventWriter
  readonly filter: RecordFilter | null
  readonly stopping: AbortSignal
  /** Whether the queue of a partition takes no more. */
  isFull(partition: Partition): boolean
  /** So many records of a partition were decoded or refused, some of them then filtered out; there may be more to send or to commit. */
  onDecoded(partition: Partition, records: number, filtered: number): void
}

/** Decodes for all partitions of a mapping. Order within a partition is kept; one that waits holds back no other. */
export class Decoding {
  readonly #context: DecodingContext
  readonly #waiting = new WeakSet<Partition>()

  constructor(context: DecodingContext) {
    this.#context = context
  }

  receive(partition: Partition, fetched: FetchedRecords): void {
    partition.take(fetched)
    this.proceed(partition)
  }

  /** Decodes what the queue has room for; marks the partition as full where that is not all. */
  proceed(partition: Partition): void {
    const { decode, writer, filter, stopping, isFull, onDecoded } = this.#context
    if (this.#waiting.has(partition) || partition.isLost || stopping.aborted) return
    const { id, undecoded } = partition
    let records = 0
    let filtered = 0
    for (let record = undecoded[0]; record; record = undecoded[records]) {
      if (isFull(partition)) break
      const decoded = decode(record)
      if (decoded instanceof Promise) {
        this.#waitFor(decoded, partition)
        break
      }
      records += 1
      if (decoded.kind === 'refused') {
        const remarks = { key: record.key, refused: decoded.condition, members: '' }
        partition.enqueue(writer.queued(id, record, remarks), performance.now())
      } else if (filter === null || filter(decoded.filtered)) {
        const remarks = { key: record.key, refused: null, members: decoded.schemas }
        partition.enqueue(writer.queued(id, decoded.record, remarks), performance.now())
      } else {
        partition.prefix.settle(record.offset)
        filtered += 1
      }
    }
    undecoded.splice(0, records)
    partition.full = isFull(partition)
    onDecoded(partition, records, filtered)
  }

  #waitFor(lookUp: Promise<void>, partition: Partition): void {
    this.#waiting.add(partition)
    lookUp.then(() => {
      this.#waiting.delete(partition)
      this.proceed(partition)
    })
  }
}
