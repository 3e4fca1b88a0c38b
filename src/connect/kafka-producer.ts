/**
 * Producing records: the small port in front of kafkajs' producer.
 */
import { type Kafka, type Message, Partitioners } from 'kafkajs'
import { recordBytes } from '../core/record-size.ts'
import { kafkaFailure } from './kafka.ts'

/** A record to be produced. A repeated header has an array of values. */
export type OutgoingRecord = {
  readonly key: Buffer | string | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer | (string | Buffer)[]>>
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  /** By key unless given. */
  readonly partition?: number
}

/** Where a produced record stands. */
export type ProducedPosition = { readonly partition: number; readonly offset: number }

/**
 * Most bytes of one request. kafkajs makes one batch a partition of it, and a broker takes batches of 1 MiB; a larger
 * record goes alone.
 */
const maxRequestBytes = 900_000

/** Produces records. */
export type RecordProducer = {
  /**
   * Produces records to a topic, partitioned by key as Kafka's Java client does, and returns where each stands, in order.
   * Delivery guarantees: resolves only after all in-sync replicas acknowledged (acks=all). A retry after a lost
   * acknowledgement may leave a record twice; the positions are those of the acknowledged copy. A send that fails may
   * have left some of its records.
   * Fails with KAFKA_REFUSED, or with KAFKA_UNAVAILABLE, also after `deadlineMs`.
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<ProducedPosition[]>
  disconnect(): Promise<void>
}

/**
 * A producer that connects with its first record. `deadlineMs` bounds each send. After a failed send the next one
 * begins with a connection of its own: kafkajs keeps asking for every topic it ever sent to, so that a deleted one
 * would fail all others, and goes on with a send that nobody waits for any more.
 */
export function createProducer(kafka: Kafka, deadlineMs = 30_000): RecordProducer {
  let current: Connection | null = null
  const retire = (connection: Connection) => {
    if (current === connection) current = null
    connection.endWhenIdle()
  }
  return {
    async send(topic, records) {
      if (records.length === 0) return []
      const end = performance.now() + deadlineMs
      current ??= openConnection(kafka)
      const connection = current
      const produce = async () => {
        await connection.connected()
        const positions: ProducedPosition[] = []
        for (const messages of requestsOf(records)) {
          // The timer of the deadline may fire after an acknowledgement that comes too late.
          if (performance.now() > end) throw late(deadlineMs)
          positions.push(...(await connection.request(topic, messages)))
        }
        return positions
      }
      try {
        return await withDeadline(connection.whileUsed(produce), deadlineMs)
      } catch (cause) {
        retire(connection)
        throw kafkaFailure(`Kafka did not acknowledge ${records.length} records for topic ${topic}`, cause)
      }
    },
    async disconnect() {
      const connection = current
      current = null
      await connection?.disconnect()
    },
  }
}

/** One kafkajs producer. */
type Connection = {
  /** Connects with the first call. */
  connected(): Promise<void>
  /** Does a piece of work, during which the connection is not idle. */
  whileUsed<T>(work: () => Promise<T>): Promise<T>
  /** Disconnects when no work is under way any more: kafkajs connects again in the middle of a send that is cut off. */
  endWhenIdle(): void
  request(topic: string, messages: Message[]): Promise<ProducedPosition[]>
  disconnect(): Promise<void>
}

function openConnection(kafka: Kafka): Connection {
  const partitionOf = new WeakMap<Message, number>()
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 5_000 },
    createPartitioner: () => {
      const choose = Partitioners.DefaultPartitioner()
      return (args) => {
        const partition = choose(args)
        partitionOf.set(args.message, partition)
        return partition
      }
    },
  })
  let connecting: Promise<void> | null = null
  let uses = 0
  let isEnding = false
  const endIfIdle = () => {
    if (isEnding && uses === 0) producer.disconnect().catch(() => {})
  }
  return {
    connected() {
      connecting ??= producer.connect()
      return connecting
    },
    async whileUsed(work) {
      uses += 1
      try {
        return await work()
      } finally {
        uses -= 1
        endIfIdle()
      }
    },
    endWhenIdle() {
      isEnding = true
      endIfIdle()
    },
    async request(topic, messages) {
      const acknowledged = await producer.send({ topic, acks: -1, messages })
      const next = new Map(acknowledged.map((each) => [each.partition, Number(each.baseOffset)]))
      return messages.map((message) => takePosition(next, partitionOf.get(message) ?? -1))
    },
    disconnect: () => producer.disconnect(),
  }
}

/** The messages of each request, in order. */
function requestsOf(records: readonly OutgoingRecord[]): Message[][] {
  const requests: Message[][] = []
  let bytes = maxRequestBytes
  for (const record of records) {
    const size = recordBytes(record)
    if (bytes + size > maxRequestBytes) {
      requests.push([])
      bytes = 0
    }
    requests.at(-1)?.push(toMessage(record))
    bytes += size
  }
  return requests
}

function toMessage({ key, value, headers, timestamp, partition }: OutgoingRecord): Message {
  const message = { key, value, headers: { ...headers }, timestamp: String(timestamp) }
  return partition === undefined ? message : { ...message, partition }
}

/** Records of one request to one partition have consecutive offsets in the order in which they were given. */
function takePosition(next: Map<number, number>, partition: number): ProducedPosition {
  const offset = next.get(partition)
  if (offset === undefined) throw new Error(`no acknowledgement for partition ${partition}`)
  next.set(partition, offset + 1)
  return { partition, offset }
}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(deadlineMs)), deadlineMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

function late(deadlineMs: number): Error {
  return new Error(`no acknowledgement within ${deadlineMs} ms`)
}
