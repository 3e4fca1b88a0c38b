/**
 * Analytics jobs: windowed Spark queries over the topics of a pipeline, as data, and what follows from one: its result
 * topic, that topic's schema, its table. What a job computes is SQL, in spark/<name>.sql.
 * Not for running it: see job-plan.ts.
 */
import type { AvroRecord } from './avro-codec.ts'
import type { AvroField, AvroRecordSchema, AvroType } from './avro-schema.ts'
import { type CqlType, keyColumns, type PrimaryKey, type Table } from './table.ts'
import type { AnyTopic } from './topic.ts'

/** A length of time as Spark reads it, such as `30 seconds`. */
export type Duration = `${number} ${'second' | 'minute' | 'hour' | 'day'}${'' | 's'}`

const unitMs: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** A length of time in ms. */
export function millisecondsOf(duration: Duration): number {
  const [count, unit = ''] = duration.split(' ')
  return Number(count) * (unitMs[unit.replace(/s$/, '')] ?? 0)
}

/** One after another; overlapping, one beginning each `slide`; or sessions, which end when nothing came for `gap`. */
export type JobWindow =
  | { readonly size: Duration }
  | { readonly size: Duration; readonly slide: Duration }
  | { readonly gap: Duration }

/** A topic as the SQL of a job sees it: a view of its fields, and of `record_time` and `window`. */
export type JobSource = {
  /** A topic of the same pipeline. */
  readonly topic: string
  /** A field of logical type timestamp-millis, or `record_time`, the time that Kafka has for the record. */
  readonly eventTime: string
  /** How long a window waits for late records, measured by the latest event time seen. */
  readonly watermark: Duration
}

/** Columns of a result by name. */
export type ResultColumns = Readonly<Record<string, Extract<CqlType, keyof typeof avroTypes>>>

/** A job as its author declares it. */
export type JobDefinition<C extends ResultColumns = ResultColumns> = {
  /** Lower-case letters, digits and underscores: of `spark/<name>.sql`, the result topic and the table. */
  readonly name: string
  /** Views of the SQL by name. */
  readonly sources: Readonly<Record<string, JobSource>>
  readonly window: JobWindow
  /** `update`: a window's row changes until the watermark passes it. `append`: a row is final; sessions can only be that. */
  readonly outputMode: 'update' | 'append'
  /** What the SQL gives, by name; its primary key is the key of the result's records. */
  readonly result: PrimaryKey<C> & {
    readonly columns: C
    /** Rows vanish so many seconds after they were written; null keeps them. */
    readonly ttlSeconds: number | null
    readonly partitions: number
    readonly retentionMs: number
  }
}

/** Columns that each view has besides the fields of its topic. */
export const viewColumns = { recordTime: 'record_time', window: 'window' } as const

/** A key column of that name makes a result one of windows, which tools draw as lines over time. */
export const windowStart = 'window_start'

const avroTypes = {
  text: 'string',
  int: 'int',
  bigint: 'long',
  double: 'double',
  boolean: 'boolean',
  timestamp: { type: 'long', logicalType: 'timestamp-millis' },
} as const satisfies Partial<Record<CqlType, AvroType>>

/** The types that a column of a result may have. */
export const resultTypes: readonly string[] = Object.keys(avroTypes)

/** The file that says what a job computes, from the clone's folder. */
export function jobFileName(job: string): string {
  return `spark/${job}.sql`
}

/** The table of the results of a job. */
export function resultTable({ name, result }: JobDefinition): Table {
  const { columns, partitionKey, clusteringColumns, ttlSeconds } = result
  return { name, columns, partitionKey, clusteringColumns, ttlSeconds }
}

/** The topic of the results of a job. */
export function resultTopic(job: JobDefinition): AnyTopic {
  const { columns, partitions, retentionMs } = job.result
  const key = keyColumns(resultTable(job))
  const schema = resultSchema(job.name, columns)
  return { name: job.name, schema, key: (record) => resultKey(key, record), partitions, retentionMs }
}

/** Joins the parts of a result's key. */
export const keySeparator = '|'

function resultKey(columns: readonly string[], record: AvroRecord): string {
  return columns.map((column) => String(record[column])).join(keySeparator)
}

/** Each column may be null, so that one can be added and left out, and a result without a key becomes a dead letter. */
function resultSchema(job: string, columns: ResultColumns): AvroRecordSchema {
  const name = job.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  const fields = Object.entries(columns).map(
    ([column, type]): AvroField => ({ name: column, type: ['null', avroTypes[type]], default: null }),
  )
  return { type: 'record', name, namespace: 'sluice.analytics', fields }
}
