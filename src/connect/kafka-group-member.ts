/**
 * One group member through kafkajs: joins, finds the positions of its partitions, fetches, pauses, commits.
 * Not for its settings: see kafka-consumer.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs'
import { SluiceError } from '../core/errors.ts'
import type {
  ConsumedHeaders,
  ConsumedRecord,
  ConsumerOptions,
  ConsumerReader,
  KafkaConsumer,
} from './kafka-consumer-port.ts'
import { offsetsSince, type PartitionOffsets } from './kafka-offsets.ts'
import { refusalIn } from './kafka-refusal.ts'

const connectDeadlineMs = 4_000

/** Pause between two looks at the group's offsets while its leader writes the first ones, in ms. */
const locateRetryMs = 100
/** A leader that wrote none after this long is not one of ours. */
const leaderPatienceMs = 5_000

/** The port over a kafkajs consumer of its own and an admin client beside it, neither connected yet. */
export class GroupMember implements KafkaConsumer {
  readonly #options: ConsumerOptions
  readonly #reader: ConsumerReader
  readonly #consumer: Consumer
  readonly #admin: Admin
  #commitNow: EachBatchPayload['commitOffsetsIfNecessary'] | null = null
  #lastContact: number | null = null
  /** When the request was sent whose answer came last, by kind: an answer may have waited for a frozen process. */
  readonly #sentAt = new Map<string, number>()
  #closed = false
  /** Settled unless kafkajs is joining; never rejects. */
  #joining: Promise<void> = Promise.resolve()
  /** Counts assignments, so that a slow look-up for an old one has no effect. */
  #assignment = 0
  #isLeader = false
  /** The offset that the next fetch of a partition must start at; absent while it is being found. */
  readonly #expected = new Map<number, number>()
  readonly #pausedByReader = new Set<number>()

  constructor(options: ConsumerOptions, consumer: Consumer, admin: Admin) {
    this.#options = options
    this.#reader = options.reader
    this.#consumer = consumer
    this.#admin = admin
  }

  async join(): Promise<void> {
    try {
      await this.#join()
    } catch (cause) {
      throw asSluiceError(cause, this.#options)
    }
  }

  async #join(): Promise<void> {
    const { topic } = this.#options
    const consumer = this.#consumer
    const crash = Promise.withResolvers<never>()
    crash.promise.catch(() => {})
    let joined = false
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!joined) crash.reject(payload.error)
      else if (!this.#closed) this.#reader.ended(asSluiceError(payload.error, this.#options))
    })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      joined = true
      this.#onAssigned(payload.memberAssignment[topic] ?? [], payload.isLeader)
    })
    consumer.on(consumer.events.REQUEST, ({ payload }) => this.#sentAt.set(payload.apiName, payload.sentAt))
    consumer.on(consumer.events.HEARTBEAT, () => this.#touch(this.#sentAt.get('Heartbeat')))
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) {
        this.#advance(payload.partition, [], Number(payload.lastOffset) + 1, Number(payload.highWatermark))
      }
    })
    await within(connectDeadlineMs, Promise.all([this.#admin.connect(), consumer.connect()]))
    // The starting position is ours; for kafkajs it only says where to go on when an offset is out of range.
    await consumer.subscribe({ topic, fromBeginning: true })
    if (this.#closed) return
    const running = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (batch) => this.#onBatch(batch),
    })
    this.#joining = running.catch(() => {})
    await Promise.race([running, crash.promise])
    if (!joined) await crash.promise
  }

  setPaused(partition: number, paused: boolean): void {
    if (paused) this.#pausedByReader.add(partition)
    else this.#pausedByReader.delete(partition)
    this.#applyPause(partition)
  }

  async commit(offsets: ReadonlyMap<number, number>): Promise<void> {
    const { topic } = this.#options
    const entries = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }))
    const sentAt = Date.now()
    // The batch payload's commit asks once; Consumer.commitOffsets would repeat it into the next generation.
    if (this.#commitNow) await this.#commitNow({ topics: [{ topic, partitions: entries }] })
    else await this.#consumer.commitOffsets(entries.map((entry) => ({ topic, ...entry })))
    this.#touch(sentAt)
  }

  lastContact(): number | null {
    return this.#lastContact
  }

  async close(deadlineMs: number): Promise<void> {
    this.#closed = true
    this.#assignment += 1
    // Disconnected while it joins, kafkajs joins all the same, and holds partitions that nobody can make it give up.
    const left = this.#joining.then(() => this.#consumer.disconnect())
    const closing = Promise.allSettled([left, this.#admin.disconnect()])
    await Promise.race([closing, sleep(deadlineMs, undefined, { ref: false })])
  }

  #touch(at = Date.now()): void {
    this.#lastContact = Math.max(this.#lastContact ?? 0, at)
  }

  #onAssigned(partitions: readonly number[], isLeader: boolean): void {
    if (this.#closed) return
    this.#touch()
    this.#assignment += 1
    this.#isLeader = isLeader
    this.#expected.clear()
    for (const partition of this.#pausedByReader) {
      if (!partitions.includes(partition)) this.#pausedByReader.delete(partition)
    }
    this.#reader.assigned(partitions)
    this.#locate(partitions)
  }

  async #onBatch({ batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    this.#commitNow = commitOffsetsIfNecessary
    this.#touch(this.#sentAt.get('Fetch'))
    const last = batch.messages.at(-1)
    const expected = this.#expected.get(batch.partition)
    if (!last || expected === undefined || this.#closed) return
    const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string }
    if (Number(fetchedOffset) !== expected) {
      this.#expected.delete(batch.partition)
      this.#locate([batch.partition], expected)
      return
    }
    resolveOffset(last.offset)
    const records = batch.messages.map(consumedRecord)
    this.#advance(batch.partition, records, Number(batch.lastOffset()) + 1, Number(batch.highWatermark))
  }

  #advance(partition: number, records: ConsumedRecord[], next: number, highWatermark: number): void {
    if (this.#closed || !this.#expected.has(partition)) return
    this.#expected.set(partition, next)
    this.#reader.records({ partition, records, next, highWatermark })
  }

  /** Finds the positions of partitions and fetches from there. With `position` given it is only checked. */
  #locate(partitions: readonly number[], position?: number): void {
    for (const partition of partitions) this.#applyPause(partition)
    this.#locateUntilFound(partitions, this.#assignment, position).catch((error) => this.#reader.problem(error))
  }

  async #locateUntilFound(partitions: readonly number[], assignment: number, position?: number): Promise<void> {
    const deadline = Date.now() + leaderPatienceMs
    const isStale = () => this.#closed || this.#assignment !== assignment
    while (!isStale()) {
      try {
        const found = await this.#groupPositions(Date.now() > deadline)
        if (isStale()) return
        if (partitions.every((partition) => found.has(partition))) {
          for (const partition of partitions) {
            const { committed, low, high } = found.get(partition) as GroupPosition
            this.#fetchFrom(partition, position ?? this.#reader.position(partition, committed), low, high)
          }
          return
        }
      } catch (error) {
        if (!isStale()) this.#reader.problem(asSluiceError(error, this.#options))
      }
      await sleep(locateRetryMs)
    }
  }

  #fetchFrom(partition: number, wanted: number, low: number, high: number): void {
    const position = wanted < low || wanted > high ? low : wanted
    if (position !== wanted) this.#reader.moved(partition, wanted, position)
    this.#expected.set(partition, position)
    this.#consumer.seek({ topic: this.#options.topic, partition, offset: String(position) })
    this.#applyPause(partition)
  }

  /** The topic's partitions that have a group offset. Those without one get theirs here, from the group's leader. */
  async #groupPositions(asLeader: boolean): Promise<Map<number, GroupPosition>> {
    const { topic, groupId } = this.#options
    const [bounds, [group]] = await Promise.all([
      this.#admin.fetchTopicOffsets(topic),
      this.#admin.fetchOffsets({ groupId, topics: [topic] }),
    ])
    const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    const isNew = !this.#options.hasBegun() && [...committed.values()].every((offset) => offset === noOffset)
    const found = new Map<number, GroupPosition>()
    const starts = new Map<number, number>()
    const since = isNew ? await this.#startOffsets() : null
    for (const { partition, low, high } of bounds) {
      const offset = committed.get(partition) ?? noOffset
      const bound = { low: Number(low), high: Number(high) }
      if (offset >= 0) found.set(partition, { committed: offset, ...bound })
      else starts.set(partition, since === 'end' ? bound.high : (since?.get(partition) ?? bound.low))
    }
    if (starts.size > 0 && (this.#isLeader || asLeader)) {
      await this.commit(starts)
      for (const { partition, low, high } of bounds) {
        const start = starts.get(partition)
        if (start !== undefined) found.set(partition, { committed: start, low: Number(low), high: Number(high) })
      }
    }
    return found
  }

  /** Where a group without any offset begins; null for the start of the log. */
  async #startOffsets(): Promise<PartitionOffsets | 'end' | null> {
    const { topic, startingPosition } = this.#options
    if (startingPosition === 'TRIM_HORIZON') return null
    if (typeof startingPosition === 'object' && 'offsets' in startingPosition) return startingPosition.offsets
    return startingPosition === 'LATEST' ? 'end' : offsetsSince(this.#admin, topic, startingPosition.timestampMs)
  }

  #applyPause(partition: number): void {
    const paused = this.#pausedByReader.has(partition) || !this.#expected.has(partition)
    const which = [{ topic: this.#options.topic, partitions: [partition] }]
    try {
      if (paused) this.#consumer.pause(which)
      else this.#consumer.resume(which)
    } catch {
      // kafkajs throws when it is not running: then nothing is fetched, and the next assignment applies pauses anew.
    }
  }
}

type GroupPosition = { readonly committed: number; readonly low: number; readonly high: number }

/** What the broker answers for a partition without a group offset; −2 is kafkajs' "earliest". */
const noOffset = -1

/** kafkajs' number for a timestamp that the broker set. */
const logAppendTime = 1

function consumedRecord(message: KafkaMessage): ConsumedRecord {
  const { batchContext } = message as KafkaMessage & { readonly batchContext?: { readonly timestampType: number } }
  return {
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType: batchContext?.timestampType === logAppendTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME',
    key: message.key,
    value: message.value,
    headers: consumedHeaders(message.headers),
  }
}

function consumedHeaders(headers: KafkaMessage['headers']): ConsumedHeaders {
  const list: { name: string; value: Buffer | null }[] = []
  for (const name in headers) {
    const value: unknown = headers[name]
    for (const one of Array.isArray(value) ? value : [value]) list.push({ name, value: one as Buffer | null })
  }
  return list
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no connection within ${ms / 1000} s`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}

function asSluiceError(cause: unknown, { topic, bootstrapServers }: ConsumerOptions): SluiceError {
  if (cause instanceof SluiceError) return cause
  const refused = refusalIn(cause, bootstrapServers)
  if (refused) return refused
  const { type, message } = cause as { type?: string; message?: string }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new SluiceError('TOPIC_UNKNOWN', `topic "${topic}" does not exist at ${bootstrapServers}`, { cause })
  }
  return new SluiceError('KAFKA_UNAVAILABLE', `Kafka at ${bootstrapServers} failed: ${message ?? String(cause)}`, {
    cause,
  })
}
