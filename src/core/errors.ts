/**
 * The errors that Sluice raises: one table from code to whether a retry can help.
 * Not for wording of a single failure: the message is written where the failure is seen.
 */

/** Whether trying the same thing again can succeed, and what it is that went wrong, by code. */
export const errorTable = {
  ARGUMENT_INVALID: { retryable: false, meaning: 'a command line argument or option is not allowed' },
  PREREQUISITE_MISSING: { retryable: false, meaning: 'a program that Sluice needs is absent or too old' },
  PORT_TAKEN: { retryable: false, meaning: 'another process listens on a port that a service needs' },
  SERVICE_FAILED: { retryable: false, meaning: 'a service ended or did not become ready in time' },
  STACK_NOT_RUNNING: { retryable: false, meaning: 'the command needs the local stack, and it is not up' },
  STACK_ALREADY_RUNNING: { retryable: false, meaning: 'the local stack is up already' },
  TARGET_INVALID: { retryable: false, meaning: 'the CDK app was given no target, or one that it must not deploy to' },
  CONTEXT_INVALID: { retryable: false, meaning: 'a context value of the CDK app is not allowed' },
  DEPLOY_FAILED: { retryable: false, meaning: 'cdk could not bootstrap or deploy the app' },
  MAPPING_INVALID: {
    retryable: false,
    meaning: 'an event source mapping has a property or value that is not supported',
  },
  INVOKE_FAILED: { retryable: true, meaning: 'the function could not be reached, or it failed' },
  PIPELINE_INVALID: { retryable: false, meaning: 'a pipeline definition breaks a rule' },
  PIPELINE_UNKNOWN: { retryable: false, meaning: 'no pipeline has that name' },
  RUN_UNKNOWN: { retryable: false, meaning: 'the ledger holds no such run' },
  DEAD_LETTER_UNKNOWN: { retryable: false, meaning: 'no dead letter stands at that position' },
  REDRIVE_REFUSED: { retryable: false, meaning: 'a dead letter cannot be sent back to its topic' },
  ENVIRONMENT_INVALID: { retryable: false, meaning: 'an environment variable is missing or has a wrong value' },
  RECORD_UNKNOWN: { retryable: false, meaning: 'no run published a record of that id' },
  RUN_NOT_RETRYABLE: { retryable: false, meaning: 'a run that succeeded or goes on is not done again' },
  RUN_EMPTY: { retryable: true, meaning: 'a run fetched nothing, and its pipeline does not say that this is normal' },
  RUN_UNRECONCILED: { retryable: false, meaning: 'records of a run are not accounted for' },
  RUN_LATE: { retryable: true, meaning: 'a run is not done after its deadline' },
  RUN_OVERLAPPED: { retryable: true, meaning: 'the schedule fired while the run before was going on' },
  SOURCE_UNAVAILABLE: { retryable: true, meaning: 'the source did not answer, or answered with a passing failure' },
  SOURCE_REFUSED: { retryable: false, meaning: 'the source refused the request' },
  SOURCE_INVALID: { retryable: false, meaning: 'the answer of the source has the wrong form' },
  VALUE_INVALID: { retryable: false, meaning: 'one fetched value does not fit its schema' },
  RECORD_UNREADABLE: { retryable: false, meaning: 'the bytes of a record are not in the expected wire format' },
  RECORD_KEY_MISSING: { retryable: false, meaning: 'a record has no key' },
  RECORD_VALUE_MISSING: { retryable: false, meaning: 'a record has no value' },
  RECORD_INVALID: { retryable: false, meaning: 'a decoded record does not fit the pipeline' },
  RECORD_TOO_LARGE: { retryable: false, meaning: 'a record is larger than its topic may hold' },
  SCHEMA_UNKNOWN: { retryable: false, meaning: 'the registry does not know the schema id of a record' },
  SCHEMA_INCOMPATIBLE: { retryable: false, meaning: 'the registry refused a schema as incompatible with its subject' },
  AWS_UNAVAILABLE: { retryable: true, meaning: 'the AWS APIs, or their emulator, did not answer' },
  REGISTRY_UNAVAILABLE: { retryable: true, meaning: 'the schema registry did not answer' },
  KAFKA_UNAVAILABLE: { retryable: true, meaning: 'Kafka did not answer or did not acknowledge' },
  KAFKA_REFUSED: { retryable: true, meaning: 'Kafka and its client disagree on transport, certificates or login' },
  TOPIC_UNKNOWN: { retryable: true, meaning: 'a topic does not exist, or not yet' },
  TOPIC_MISMATCH: { retryable: false, meaning: 'the deployed topic does not fit the pipeline' },
  CASSANDRA_UNAVAILABLE: { retryable: true, meaning: 'Cassandra did not answer or did not acknowledge' },
  CASSANDRA_REFUSED: { retryable: true, meaning: 'Cassandra refused the login, or its certificate is not trusted' },
  SPARK_UNAVAILABLE: { retryable: true, meaning: 'Spark did not answer' },
  JOB_FAILED: { retryable: true, meaning: 'the query of an analytics job ended with a failure' },
  JOB_UNKNOWN: { retryable: false, meaning: 'no analytics job has that name' },
  TABLE_MISMATCH: { retryable: true, meaning: 'the deployed table does not fit the pipeline' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>

/** A code of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable

/** The codes whose row says `retryable: true`. */
type RetryableCode = {
  [Code in ErrorCode]: (typeof errorTable)[Code]['retryable'] extends true ? Code : never
}[ErrorCode]

/** The same apart from the table, whose sentences functions need not carry; the compiler holds the two together. */
const retryable: Readonly<Record<RetryableCode, true>> = {
  INVOKE_FAILED: true,
  RUN_EMPTY: true,
  RUN_LATE: true,
  RUN_OVERLAPPED: true,
  SOURCE_UNAVAILABLE: true,
  AWS_UNAVAILABLE: true,
  REGISTRY_UNAVAILABLE: true,
  KAFKA_UNAVAILABLE: true,
  KAFKA_REFUSED: true,
  TOPIC_UNKNOWN: true,
  CASSANDRA_UNAVAILABLE: true,
  CASSANDRA_REFUSED: true,
  SPARK_UNAVAILABLE: true,
  JOB_FAILED: true,
  TABLE_MISMATCH: true,
}

/** An expected failure: a code that tools can act on and a sentence that names the thing, the value and the remedy. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError'
  readonly code: ErrorCode
  /** Whether the same call can succeed later: nothing is wrong with what was asked for. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.retryable = code in retryable
  }
}

/** Whether it is an expected failure that the same call may not meet later. */
export function isPassing(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.retryable
}
