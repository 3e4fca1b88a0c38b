/**
 * Every figure and every unverified AWS behaviour of the poller, as named settings with a default and its reason.
 * Not for what a mapping itself says: see mapping.ts.
 */
import { availableParallelism } from 'node:os'
import type { AvroJsonFormat } from '../core/avro-json.ts'
import type { BackoffLimits } from './backoff.ts'
import type { DiscardCondition } from './discard-condition.ts'
import type { EventFormat } from './event.ts'

/** How an on-failure record is rendered where AWS's pages do not agree or are silent. */
export type FailureFormat = {
  /** Condition of records whose retries are exhausted, at a Kafka topic; `RetriesExhausted` as its page has it, unlike the others. */
  readonly topicExhaustedCondition: string
  /** Condition of records that were too old; `RecordAgeExceeded`, as for Kinesis. Unverified for Kafka. */
  readonly recordAgeCondition: string
  /** `eventSourceArn` of a self-managed source, which has none: left out or null. Unverified. */
  readonly missingSourceArn: 'absent' | 'null'
}

/** Settings of the poller. Sizes are bytes, times milliseconds. */
export type PollerSettings = {
  readonly format: EventFormat
  readonly failureFormat: FailureFormat
  /** Largest JSON payload of one invocation; 6 MiB, the limit of a synchronous Invoke. */
  readonly payloadLimitBytes: number
  /**
   * What becomes of a record whose event alone exceeds the payload limit and that no destination takes (unverified).
   * `hold` stops its partition in front of it and says so, because nothing may be lost in silence; `discard` drops it.
   */
  readonly oversizedRecord: 'hold' | 'discard'
  /** How Avro becomes JSON for a mapping with a schema registry: unions plain, bytes one character each. Unverified. */
  readonly avroJson: AvroJsonFormat
  /**
   * What becomes of a record whose bytes are not of the schema they name, or name none, and that no destination takes.
   * `discard` drops and reports it, as AWS documents ("Using schema registries with Kafka event sources in Lambda");
   * `hold` stops its partition in front of it.
   */
  readonly undecodableRecord: 'hold' | 'discard'
  /**
   * What becomes of a record whose schema the registry does not know and that no destination takes; AWS names only the
   * destination. `wait` asks again until the registry knows it, because nothing may be lost in silence; `discard` drops it.
   */
  readonly unknownSchema: 'wait' | 'discard'
  /**
   * Whether splitting a failed batch uses up one of its retries. It does not, as AWS has it for streams ("splitting a
   * batch does not count towards the retry quota"); for Kafka AWS does not say.
   */
  readonly splitCostsAttempt: boolean
  /** Whether records that a partial answer names are halved too; they are not, as the answer has told them apart. Unverified. */
  readonly splitPartialFailures: boolean
  /** Invocations of one mapping at the same time; 5, what one provisioned poller carries. */
  readonly maxConcurrentInvocations: number
  /** Wait before a failed batch goes out again, exponential with full jitter; AWS does not say its own. */
  readonly retryBackoff: BackoffLimits
  /** Wait before a lost or refused Kafka connection, or a topic that does not exist yet, is tried again. */
  readonly reconnectBackoff: BackoffLimits
  /** Memory for fetched records of one mapping, divided among its partitions; each gets between 256 KiB and one payload. */
  readonly queueBytes: number
  /** The same for a mapping with a batching window: a batch that waits may grow to a whole payload, which a full queue would end too early. */
  readonly windowQueueBytes: number
  /** Pollers of one mapping in provisioned mode at most, whatever it says: the cores of this machine. */
  readonly maxPollers: number
  /** Time between two looks at whether there should be more or fewer of them; AWS looks each minute, here it costs nothing. */
  readonly scalingIntervalMs: number
  /** Time between two looks at which mappings are deployed. */
  readonly watchIntervalMs: number
  /**
   * How a cluster of MSK is reached whose mapping names no way: by IAM, as provisioned clusters and MSK Serverless are;
   * `plaintext` for one that asks nobody.
   */
  readonly managedWithoutAccess: 'iam' | 'plaintext'
  /** Whether DroppedEventCount counts records that a destination has taken; it does not, as they are not lost. Unverified. */
  readonly droppedCountsDelivered: boolean
  /** Least time between two commits of a mapping; bounds what a killed poller delivers again. */
  readonly commitIntervalMs: number
  /** How long `stop` waits for invocations in flight. Their records come again when it is exceeded. */
  readonly stopDeadlineMs: number
  /** Silence of the broker after which the mapping's result says so. */
  readonly silenceReportMs: number
  /** Silence of the broker after which the connection is given up and made anew, should kafkajs itself be stuck. */
  readonly silenceReconnectMs: number
}

/** The defaults. */
export const defaultSettings: PollerSettings = {
  format: { headerBytes: 'signed', nullKeyOrValue: 'absent', nullHeaderValue: 'empty' },
  failureFormat: {
    topicExhaustedCondition: 'RetriesExhausted',
    recordAgeCondition: 'RecordAgeExceeded',
    missingSourceArn: 'absent',
  },
  payloadLimitBytes: 6 * 1024 * 1024,
  oversizedRecord: 'hold',
  avroJson: { unions: 'plain', bytes: 'characters' },
  undecodableRecord: 'discard',
  unknownSchema: 'wait',
  splitCostsAttempt: false,
  splitPartialFailures: false,
  maxConcurrentInvocations: 5,
  retryBackoff: { baseMs: 100, maxMs: 10_000 },
  reconnectBackoff: { baseMs: 200, maxMs: 2_000 },
  queueBytes: 4 * 1024 * 1024,
  windowQueueBytes: 24 * 1024 * 1024,
  maxPollers: availableParallelism(),
  scalingIntervalMs: 5_000,
  watchIntervalMs: 1_000,
  managedWithoutAccess: 'iam',
  droppedCountsDelivered: false,
  commitIntervalMs: 100,
  stopDeadlineMs: 10_000,
  silenceReportMs: 5_000,
  silenceReconnectMs: 60_000,
}

/** What becomes of a record that fits no event (null) or was refused for that reason, and that no destination takes. */
export function withoutDestination(refused: DiscardCondition | null, settings: PollerSettings): 'hold' | 'discard' {
  if (refused === 'SCHEMA_NOT_FOUND') return 'discard'
  return refused ? settings.undecodableRecord : settings.oversizedRecord
}

/** About two fetches. */
const leastQueueBytes = 256 * 1024

/** Bytes one of `partitions` assigned partitions of a mapping with that window may queue before its fetching pauses. */
export function partitionQueueBytes(settings: PollerSettings, windowMs: number, partitions: number): number {
  const share = (windowMs > 0 ? settings.windowQueueBytes : settings.queueBytes) / Math.max(1, partitions)
  return Math.max(leastQueueBytes, Math.min(settings.payloadLimitBytes, share))
}
