/**
 * Checks the properties of a mapping that say what happens to failed records, and where given up ones go.
 */
import type { DestinationAddress } from './destination/destination.ts'
import type { PropertyChecks } from './property-checks.ts'

/** What a mapping says about failures. */
export type FailureProperties = {
  /** Retries after the first attempt; null without end. */
  readonly retries: number | null
  /** Records that are older are given up; null never. */
  readonly maxRecordAgeMs: number | null
  /** Whether a batch that failed as a whole is retried in halves. */
  readonly bisect: boolean
  /** Whether the function's answer may name single records that failed. */
  readonly failureUnit: 'batch' | 'record'
  /** Where given up records go; null where they are dropped. */
  readonly destination: DestinationAddress | null
}

/** Checks and completes them. Fails with MAPPING_INVALID. */
export function failureProperties(
  properties: Record<string, unknown>,
  topic: string,
  checks: PropertyChecks,
): FailureProperties {
  const { MaximumRetryAttempts, MaximumRecordAgeInSeconds, BisectBatchOnFunctionError, DestinationConfig } = properties
  const orEndless = (property: string, value: unknown, min: number, max: number): number | null => {
    if (value === undefined || value === -1) return null
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
    return checks.refuse(property, value, `-1 or an integer from ${min} to ${max}`)
  }
  const ageSeconds = orEndless('MaximumRecordAgeInSeconds', MaximumRecordAgeInSeconds, 60, 604_800)
  return {
    retries: orEndless('MaximumRetryAttempts', MaximumRetryAttempts, 0, 10_000),
    maxRecordAgeMs: ageSeconds === null ? null : ageSeconds * 1000,
    bisect: checks.flag('BisectBatchOnFunctionError', BisectBatchOnFunctionError, false),
    failureUnit: failureUnit(properties.FunctionResponseTypes, checks),
    destination: destination(DestinationConfig, topic, checks),
  }
}

function failureUnit(value: unknown, { refuse }: PropertyChecks): 'batch' | 'record' {
  if (value === undefined) return 'batch'
  const types = Array.isArray(value) ? value : [value]
  if (types.some((type) => type !== 'ReportBatchItemFailures')) {
    refuse('FunctionResponseTypes', value, '[] or ["ReportBatchItemFailures"]')
  }
  return types.length === 0 ? 'batch' : 'record'
}

const arn = /^arn:aws[a-z-]*:(sqs|sns|s3):([a-z0-9-]*):(\d{12})?:([^\s:/]+)$/
const kafkaTopic = /^kafka:\/\/([^.][a-zA-Z0-9\-_.]{0,248})$/
const allowed = 'the ARN of an SQS queue, an SNS topic or an S3 bucket, or kafka://TOPIC'

function destination(value: unknown, source: string, checks: PropertyChecks): DestinationAddress | null {
  if (value === undefined) return null
  const { OnFailure } = checks.object('DestinationConfig', value, ['OnFailure'])
  if (OnFailure === undefined) return null
  const name = 'DestinationConfig.OnFailure.Destination'
  const { Destination: given } = checks.object('DestinationConfig.OnFailure', OnFailure, ['Destination'])
  if (given === undefined) return null
  const text = checks.text(name, given, /^/, allowed)
  const topic = kafkaTopic.exec(text)?.[1]
  if (topic === source) return checks.refuse(name, given, 'a topic that is not the source')
  if (topic !== undefined) return { kind: 'kafka', topic }
  const [, kind, region, account] = arn.exec(text) ?? []
  if (kind === 's3') return { kind, arn: text }
  if ((kind === 'sqs' || kind === 'sns') && region && account) return { kind, arn: text }
  return checks.refuse(name, given, allowed)
}
