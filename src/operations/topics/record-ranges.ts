/**
 * Reading ranges of a topic, and pages of it in the order of time, forwards or backwards.
 * Not for what is in the records: see record-view.ts.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { offsetBounds, offsetsSince, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import { readTopics, type TopicRecord } from '../../connect/kafka-reader.ts'
import type { Clients } from '../clients.ts'

/** From where a page goes: to the newest, from the oldest, from an offset, from a time (ms), or on from another page. */
export type PageFrom =
  | { readonly at: 'newest' }
  | { readonly at: 'oldest' }
  | { readonly at: 'offset'; readonly offset: number }
  | { readonly at: 'time'; readonly timestamp: number }
  | { readonly at: 'before' | 'after'; readonly offsets: PartitionOffsets }

/** What a page is to hold. */
export type PageRequest = {
  readonly from: PageFrom
  /** All where null. */
  readonly partition: number | null
  readonly limit: number
  /** Whether a record belongs on the page. */
  readonly matches: (record: TopicRecord) => boolean | Promise<boolean>
}

/** A page of records, newest first when it goes backwards, else oldest first. */
export type RecordPage = {
  readonly records: readonly TopicRecord[]
  readonly direction: 'backwards' | 'forwards'
  /** How many were looked at. */
  readonly scanned: number
  /** Where the next page of the same direction begins; null at the end of the topic. */
  readonly next: PartitionOffsets | null
}

/** Half open: `from` is read, `to` is not. */
type Range = { readonly from: number; readonly to: number }
type Ranges = ReadonlyMap<number, Range>

/** Most records that one page looks at, and how long it may take. */
const mostScanned = 20_000
const deadlineMs = 8_000
const leastChunk = 50

/**
 * A page of a topic. A filter that matches little looks at 20,000 records or for 8 s and then says where to go on.
 * Fails with TOPIC_UNKNOWN, KAFKA_UNAVAILABLE or KAFKA_REFUSED.
 */
export async function readPage(topic: string, request: PageRequest, clients: Clients): Promise<RecordPage> {
  const { from, partition, limit, matches } = request
  const bounds = await boundsOf(topic, partition, clients)
  const direction = from.at === 'newest' || from.at === 'before' ? 'backwards' : 'forwards'
  let position = await startOf(topic, from, bounds, clients)
  const found: TopicRecord[] = []
  const deadline = Date.now() + deadlineMs
  let scanned = 0
  let chunk = Math.max(leastChunk, limit)
  while (scanned < mostScanned && found.length < limit && Date.now() < deadline) {
    const ranges = rangesOf(bounds, position, direction, chunk)
    if (ranges.size === 0) break
    const records = await readRanges(topic, ranges, clients, deadline)
    scanned += records.length
    for (const record of records) if (await matches(record)) found.push(record)
    position = new Map([...position, ...[...ranges].map(([p, range]) => [p, ending(range, direction)] as const)])
    chunk = Math.min(chunk * 4, 4_000)
  }
  const sign = direction === 'backwards' ? -1 : 1
  found.sort((a, b) => sign * (a.timestamp - b.timestamp || a.partition - b.partition || a.offset - b.offset))
  const next = after(position, found.slice(limit), direction)
  const isOver = [...bounds].every(([p, { from, to }]) =>
    direction === 'backwards' ? (next.get(p) ?? from) <= from : (next.get(p) ?? to) >= to,
  )
  return { records: found.slice(0, limit), direction, scanned, next: isOver ? null : next }
}

/** The records in the ranges, in no order; without those that do not arrive by the deadline (ms since the epoch). */
export async function readRanges(
  topic: string,
  ranges: Ranges,
  { kafka }: Clients,
  deadline: number,
): Promise<TopicRecord[]> {
  const records: TopicRecord[] = []
  const open = new Map([...ranges].filter(([, { from, to }]) => from < to))
  if (open.size === 0) return records
  const done = Promise.withResolvers<void>()
  const from = new Map([[topic, new Map([...open].map(([partition, range]) => [partition, range.from] as const))]])
  const reader = await readTopics(kafka, from, (record) => {
    const range = open.get(record.partition)
    if (range === undefined) return
    if (record.offset < range.to) records.push(record)
    if (record.offset < range.to - 1) return
    open.delete(record.partition)
    if (open.size === 0) done.resolve()
  })
  try {
    const late = new AbortController()
    await Promise.race([
      done.promise,
      delay(Math.max(0, deadline - Date.now()), null, { signal: late.signal }).catch(() => {}),
    ])
    late.abort()
  } finally {
    await reader.close()
  }
  return records
}

async function boundsOf(topic: string, partition: number | null, { admin }: Clients): Promise<Ranges> {
  const { start, end } = await offsetBounds(admin, topic)
  return new Map(
    [...end]
      .filter(([each]) => partition === null || each === partition)
      .map(([each, to]) => [each, { from: start.get(each) ?? 0, to }]),
  )
}

async function startOf(
  topic: string,
  from: PageFrom,
  bounds: Ranges,
  { admin }: Clients,
): Promise<Map<number, number>> {
  const each = (offsetIn: (partition: number, range: Range) => number) =>
    new Map(
      [...bounds].map(([partition, range]) => {
        return [partition, Math.min(range.to, Math.max(range.from, offsetIn(partition, range)))]
      }),
    )
  switch (from.at) {
    case 'newest':
      return each((_, { to }) => to)
    case 'oldest':
      return each((_, range) => range.from)
    case 'offset':
      return each(() => from.offset)
    case 'time': {
      const offsets = await offsetsSince(admin, topic, from.timestamp)
      return each((partition, { to }) => offsets.get(partition) ?? to)
    }
    default: {
      const { offsets, at } = from
      return each((partition, range) => offsets.get(partition) ?? (at === 'before' ? range.from : range.to))
    }
  }
}

function rangesOf(
  bounds: Ranges,
  position: PartitionOffsets,
  direction: RecordPage['direction'],
  chunk: number,
): Ranges {
  const ranges = [...bounds].map(([partition, { from, to }]): [number, Range] => {
    const at = position.get(partition) ?? from
    if (direction === 'backwards') return [partition, { from: Math.max(from, at - chunk), to: at }]
    return [partition, { from: at, to: Math.min(to, at + chunk) }]
  })
  return new Map(ranges.filter(([, { from, to }]) => from < to))
}

function ending({ from, to }: Range, direction: RecordPage['direction']): number {
  return direction === 'backwards' ? from : to
}

/** Where the page after begins: behind what was looked at, but for matches that had no room. */
function after(
  position: PartitionOffsets,
  leftOver: readonly TopicRecord[],
  direction: RecordPage['direction'],
): Map<number, number> {
  const next = new Map(position)
  for (const { partition, offset } of leftOver) {
    const at = next.get(partition) ?? offset
    next.set(partition, direction === 'backwards' ? Math.max(at, offset + 1) : Math.min(at, offset))
  }
  return next
}
