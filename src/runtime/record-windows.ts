/**
 * The records that came before one, by key, kept in memory. Kafka is their store: what a process does not hold, it reads
 * back from the partition, so that the answer does not depend on which process gives it, or how often.
 */
import type { PartitionRange } from '../connect/kafka-range.ts'
import type { AvroRecord } from '../core/avro-codec.ts'
import { type Pipeline, type RecordWindow, recordId } from '../core/pipeline.ts'
import { asRecordError } from './dead-letter.ts'
import type { IncomingRecord } from './incoming-record.ts'
import type { TopicDecoder } from './topic-codec.ts'

/** Hands over the values of a range in order. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED. */
export type ReadBack = (range: PartitionRange, onValue: (offset: number, value: Buffer | null) => void) => Promise<void>

/** Windows of all partitions that this process was given records of. */
export type RecordWindows = {
  /** Makes ready for records in order per partition. Fails as {@link ReadBack} does, or with REGISTRY_UNAVAILABLE. */
  prepare(records: readonly IncomingRecord[]): Promise<void>
  /** The records of the window before one that was read; that one is held from now on. */
  before(record: IncomingRecord, value: AvroRecord): readonly AvroRecord[]
  /** Forgets everything: the next records are prepared for by reading back. */
  forget(): void
}

type Held = { readonly offset: number; readonly at: number; readonly id: string; readonly value: AvroRecord }

/** All records that decode of the offsets from `low` to before `next`, by key, in order. */
type Partition = { low: number; next: number; readonly byKey: Map<string, Held[]> }

/** The windows of a pipeline's source topic. */
export function recordWindows(
  pipeline: Pipeline,
  { eventTime, ms, reach }: RecordWindow<AvroRecord>,
  input: TopicDecoder,
  readBack: ReadBack,
): RecordWindows {
  const { topic } = pipeline
  const partitions = new Map<number, Partition>()

  const hold = ({ byKey }: Partition, offset: number, value: AvroRecord): Held & { readonly held: readonly Held[] } => {
    const key = topic.key(value)
    const one = { offset, at: eventTime(value), id: recordId(pipeline, value), value }
    const held = byKey.get(key) ?? []
    // A batch that is done again finds its records held.
    if ((held.at(-1)?.offset ?? -1) < offset) held.push(one)
    byKey.set(key, held)
    return { ...one, held }
  }

  const readMissing = async (into: Partition, number: number, from: number, to: number) => {
    const values: [number, Buffer][] = []
    await readBack({ topic: topic.name, partition: number, from, to }, (offset, value) => {
      if (value !== null) values.push([offset, value])
    })
    for (const [offset, value] of values) {
      try {
        hold(into, offset, await input.decode(value))
      } catch (error) {
        // What can never be read is a dead letter, and no part of any window.
        if (asRecordError(error).retryable) throw error
      }
    }
  }

  const prepareOne = async (number: number, offsets: readonly number[]) => {
    const [first = 0, last = first] = [offsets[0], offsets.at(-1)]
    // Between records that are tried again may be others, which are not of the batch, and of the window nevertheless.
    const to = last - first < offsets.length ? first : last
    const start = Math.max(0, first - reach)
    const known = partitions.get(number)
    const fits = known !== undefined && known.low <= start
    const partition: Partition = fits ? known : { low: start, next: start, byKey: new Map() }
    // Set again below: a window that could not be read to its end is none.
    partitions.delete(number)
    const from = Math.max(partition.next, start)
    if (from < to) await readMissing(partition, number, from, to)
    for (const [key, held] of partition.byKey) {
      const kept = held.filter(({ offset }) => offset >= start)
      if (kept.length > 0) partition.byKey.set(key, kept)
      else partition.byKey.delete(key)
    }
    partition.low = start
    partition.next = Math.max(partition.next, last + 1)
    partitions.set(number, partition)
  }

  return {
    async prepare(records) {
      for (const [number, own] of Map.groupBy(records, ({ partition }) => partition)) {
        const offsets = own.map(({ offset }) => offset)
        await prepareOne(number, offsets)
      }
    },
    before({ partition: number, offset }, value) {
      const partition = partitions.get(number)
      if (!partition) throw new Error(`the window of partition ${number} was not prepared`)
      const { at, held } = hold(partition, offset, value)
      const inWindow = held.filter(
        (each) => each.offset < offset && each.offset >= offset - reach && each.at < at && each.at >= at - ms,
      )
      const once = new Map(inWindow.map((each) => [each.id, each]))
      return [...once.values()].sort((a, b) => a.at - b.at).map((each) => each.value)
    },
    forget() {
      partitions.clear()
    },
  }
}
