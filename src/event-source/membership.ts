/**
 * Keeps one group member open: opens another when one ends, and watches for silence of the broker.
 * Not for what the member reads: that goes to the reader.
 */
import { kafkaConsumer, sessionTimeoutMs } from '../connect/kafka-consumer.ts'
import type { ConsumerOptions, ConsumerReader, KafkaConsumer } from '../connect/kafka-consumer-port.ts'
import type { KafkaSecurity } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { fullJitter, pause } from './backoff.ts'
import type { PollerSettings } from './settings.ts'

/** What a membership tells besides what the consumer's reader hears. */
export type MembershipListener = Omit<ConsumerReader, 'ended'> & {
  /** The group cannot have given the partitions to another member, as far as one knows. Told again and again. */
  inGroup(): void
  /** A reported silence is over. */
  recovered(): void
}

/** What each member is opened with. */
export type MembershipOptions = Omit<ConsumerOptions, 'reader' | 'security' | 'hasBegun'> & {
  /** Asked before each member is opened, so that a rotated secret is taken on. */
  security(): Promise<KafkaSecurity>
}

const watchIntervalMs = 500
const leaveDeadlineMs = 5_000

/** One membership, open from construction until `close`. Retries without end; never throws. */
export class Membership {
  readonly #options: MembershipOptions
  readonly #listener: MembershipListener
  readonly #settings: PollerSettings
  readonly #closing = new AbortController()
  readonly #run: Promise<void>
  #consumer: KafkaConsumer | null = null
  #isSilent = false
  #hasBegun = false
  #lastContact = Date.now()

  constructor(options: MembershipOptions, listener: MembershipListener, settings: PollerSettings) {
    this.#options = options
    this.#listener = listener
    this.#settings = settings
    this.#run = this.#stayOpen()
  }

  setPaused(partition: number, paused: boolean): void {
    this.#consumer?.setPaused(partition, paused)
  }

  /** False once the group may have given the partitions to another member. */
  isInGroup(): boolean {
    const contact = this.#consumer?.lastContact() ?? null
    return contact !== null && Date.now() - contact < sessionTimeoutMs
  }

  /** As {@link KafkaConsumer.commit}; rejects with KAFKA_UNAVAILABLE between two members. */
  async commit(offsets: ReadonlyMap<number, number>): Promise<void> {
    if (!this.#consumer) throw new SluiceError('KAFKA_UNAVAILABLE', 'not a member of the group at the moment')
    await this.#consumer.commit(offsets)
  }

  /** Leaves the group, so that its other members, or the next start, need not wait for a session to time out. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#run
  }

  async #stayOpen(): Promise<void> {
    const { signal } = this.#closing
    for (let failures = 0; !signal.aborted; failures += 1) {
      const joinedAt = await this.#openOnce(signal)
      if (joinedAt !== null && Date.now() - joinedAt > sessionTimeoutMs) failures = 0
      await pause(fullJitter(failures, this.#settings.reconnectBackoff), signal)
    }
  }

  /** Runs one member to its end; answers when it joined, null if it never did. */
  async #openOnce(closing: AbortSignal): Promise<number | null> {
    const end = Promise.withResolvers<Error | null>()
    const onClose = () => end.resolve(null)
    closing.addEventListener('abort', onClose, { once: true })
    const security = await Promise.race([this.#options.security(), end.promise]).catch((error: Error) => error)
    if (security === null || security instanceof Error) {
      closing.removeEventListener('abort', onClose)
      if (security) this.#onProblem(security)
      return null
    }
    const position = (partition: number, committed: number) => {
      this.#hasBegun = true
      return this.#listener.position(partition, committed)
    }
    const reader = { ...this.#listener, position, ended: end.resolve }
    const consumer = kafkaConsumer({ ...this.#options, security, reader, hasBegun: () => this.#hasBegun })
    this.#consumer = consumer
    let joinedAt: number | null = null
    const openedAt = Date.now()
    const watch = setInterval(() => this.#watch(consumer, openedAt, end.resolve), watchIntervalMs)
    const join = consumer.join().then(() => {
      joinedAt = Date.now()
    })
    join.catch(end.resolve)
    const error = await end.promise
    clearInterval(watch)
    closing.removeEventListener('abort', onClose)
    if (error) this.#onProblem(error)
    this.#consumer = null
    await consumer.close(leaveDeadlineMs)
    return joinedAt
  }

  #onProblem(error: Error): void {
    this.#listener.problem(error)
    if (!(error instanceof SluiceError && isAnswer(error))) return
    this.#lastContact = Date.now()
    // The silence is over, and what ended it is the problem now.
    this.#isSilent = false
  }

  #watch(consumer: KafkaConsumer, openedAt: number, end: (error: Error) => void): void {
    const { silenceReportMs, silenceReconnectMs } = this.#settings
    const contact = consumer.lastContact()
    this.#lastContact = contact ?? this.#lastContact
    const silentMs = Date.now() - this.#lastContact
    if (this.isInGroup()) this.#listener.inGroup()
    const wasSilent = this.#isSilent
    this.#isSilent = silentMs >= silenceReportMs
    if (wasSilent && !this.#isSilent) this.#listener.recovered()
    if (!this.#isSilent) return
    const { bootstrapServers } = this.#options
    const error = new SluiceError('KAFKA_UNAVAILABLE', `Kafka at ${bootstrapServers} does not answer`)
    if (Date.now() - Math.max(this.#lastContact, openedAt) > silenceReconnectMs) end(error)
    else if (!wasSilent) this.#listener.problem(error)
  }
}

/** Whether somebody must have answered that. */
function isAnswer({ code }: SluiceError): boolean {
  return code === 'TOPIC_UNKNOWN' || code === 'KAFKA_REFUSED'
}
