/**
 * What a pipeline is: the declaration an author writes, and the form that the rest of Sluice works with.
 * Not for what follows from it: topics, functions, tables and mappings are derived in topology.ts and names.ts.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Alert } from './alert.ts'
import type { AvroRecord } from './avro-codec.ts'
import type { AvroRecordSchema, AvroValue } from './avro-schema.ts'
import type { DriftPolicies, KeptFields } from './drift.ts'
import type { JobDefinition } from './job.ts'
import type { Secret } from './secret.ts'
import type { AnyRow, Columns, Row, Table } from './table.ts'
import type { AnyTopic, Topic } from './topic.ts'

/** How far a source has been read: what its next request needs. Stored as JSON. */
export type Cursor = Readonly<Record<string, string | number>>

/** What a request may depend on. */
export type PageRequest = {
  /** Where the page before ended; null at the very beginning. */
  readonly cursor: Cursor | null
  /** How many more values this run wants; at least 1. */
  readonly limit: number
  /** Asks the source for the same data each time; null unless an operator gave one. */
  readonly seed: string | null
}

/** Query parameters and headers of one request to the source's URL. */
export type SourceRequest = {
  readonly query: Readonly<Record<string, string | number>>
  readonly headers?: Readonly<Record<string, string>>
  /** Path and query in place of the URL's own, as a `next` link gives them; `query` is added. */
  readonly path?: string
}

/** What came with an answer besides its body. */
export type SourceResponse = {
  /** Where the answer came from. */
  readonly url: string
  /** A header of the answer by its name in lower case. */
  readonly header: (name: string) => string | null
}

/** One page as read. */
export type SourcePage = {
  readonly values: readonly unknown[]
  /** Where the next request begins; null where this page was the last and the next run begins where this request did. */
  readonly cursor: Cursor | null
  /** The source has no more now: the cursor is the next run's. */
  readonly last?: true
  /** How many values were left out, as an earlier page held them already. */
  readonly known?: number
}

/** How an API is paged: the part of a source that pagination.ts and incremental.ts make, and an author can write. */
export type Paging<Answer> = {
  readonly request: (page: PageRequest) => SourceRequest
  /** The page in an answer; null when the answer says that the source cannot serve now, which fails the run as passing. */
  readonly read: (answer: Answer, request: PageRequest, response: SourceResponse) => SourcePage | null
}

/** An HTTP API that is read on a schedule. */
export type Source<Answer, Value, Output> = Paging<Answer> & {
  /** The API's URL, https and public; a deployment can name another that stands in for it. One of this machine, as of an API that is being written, is read outside AWS only. Null where there is none in the world: `bundled` has the data, and on AWS context says what is like it. */
  readonly url: string | null
  /** The path at which the bundled source, outside AWS, stands in for the URL; without it the URL is read everywhere. */
  readonly bundled?: `/${string}`
  /** An EventBridge schedule expression: `rate(…)` or `cron(…)`. */
  readonly schedule: string
  /** How many values a scheduled run fetches at most. */
  readonly recordsPerRun: number
  /** Headers of every request; a secret is read by the function and sent to the URL's own origin alone. */
  readonly headers?: Readonly<Record<string, string | Secret>>
  /** How often a run may ask at most; without it a run asks as fast as the source answers. */
  readonly requestsPerSecond?: number
  /** Says that a run without a single value is no failure. */
  readonly emptyRuns?: 'expected'
  /** Milliseconds after its schedule time within which a run is to be accounted for; 15 minutes unless given. */
  readonly deadlineMs?: number
  /** The form of a whole answer; an answer that does not fit fails the run. */
  readonly response: StandardSchemaV1<unknown, Answer>
  /** The form of one value; a value that does not fit is a dead letter. */
  readonly value: StandardSchemaV1<unknown, Value>
  /** Makes the record; `kept` holds the fields of the value that `drift` keeps. */
  readonly record: (value: Value, kept: KeptFields) => Output
  /** What tells a record from all others; its key unless given. Needed where records share keys. */
  readonly id?: (record: Output) => string
  /** What is done where a value differs from the form: a field unknown, missing, or of another type. */
  readonly drift?: DriftPolicies
}

/** Which records of the same key count as coming before one. */
export type RecordWindow<RecordOf> = {
  /** When it happened, in ms since the epoch. */
  readonly eventTime: (record: RecordOf) => number
  /** How long before the record, in ms of event time. */
  readonly ms: number
  /** How many records back in the partition at most, those of other keys included: what a restart reads again. */
  readonly reach: number
}

/** A step between two topics. `apply` and `alert` are pure: the same input gives the same output. */
export type Process<In, Schema extends AvroRecordSchema> = {
  readonly topic: Topic<Schema, AvroValue<Schema>>
  /** Says what `earlier` holds; without it that is always empty. */
  readonly window?: RecordWindow<In>
  /**
   * Returns null for a record that is filtered on purpose, which must not depend on `earlier`: the records of the
   * window, oldest first, none of them as new as the record, each once however often it was published.
   */
  readonly apply: (record: In, earlier: readonly In[]) => AvroValue<Schema> | null
  /** What the bus is told of a processed record before it is published; null for nothing. */
  readonly alert?: (made: AvroValue<Schema>) => Alert | null
}

/** A field of the record that is no column of the table cannot be in a row: it would be lost without a word. */
type OnlyColumns<RecordOf, C> = { readonly [K in Exclude<keyof RecordOf, keyof C>]?: never }

/** A table and the rows that one record becomes: none, one or several. */
export type TableOf<RecordOf, C extends Columns> = Table<C> & {
  readonly rows: (record: RecordOf) => readonly (Row<C> & OnlyColumns<RecordOf, C>)[]
}

/** What the writer reads: the processed record, or the source's where there is no `process`. */
type Written<S, P> = [P] extends [never] ? AvroValue<S> : AvroValue<P>

/** A pipeline as its author declares it. */
export type PipelineDefinition<
  Answer,
  Value,
  S extends AvroRecordSchema,
  P extends AvroRecordSchema,
  C extends readonly Columns[],
> = {
  /** Lower-case letters, digits and hyphens; part of every name that is deployed. */
  readonly name: string
  readonly source: Source<Answer, Value, AvroValue<S>>
  readonly topic: Topic<S, AvroValue<S>>
  readonly process?: Process<AvroValue<S>, P>
  readonly tables: { readonly [I in keyof C]: TableOf<Written<S, P>, C[I]> }
  /** Spark queries over the topics; their results go to topics and tables of their own. */
  readonly analytics?: readonly JobDefinition[]
}

/** A table, with its rows, whose record type is not known at compile time. */
export type AnyTable = Table & { readonly rows: (record: AvroRecord) => readonly AnyRow[] }

/** A process stage whose record types are not known at compile time. */
export type AnyProcess = {
  readonly topic: AnyTopic
  readonly window?: RecordWindow<AvroRecord>
  readonly apply: (record: AvroRecord, earlier: readonly AvroRecord[]) => AvroRecord | null
  readonly alert?: (made: AvroRecord) => Alert | null
}

/** A pipeline whose types are not known at compile time: what functions, infrastructure and tools work with. */
export type Pipeline = {
  readonly name: string
  readonly source: Source<unknown, unknown, AvroRecord>
  readonly topic: AnyTopic
  readonly process?: AnyProcess
  readonly tables: readonly AnyTable[]
  readonly analytics?: readonly JobDefinition[]
}

/** The topic that the writer reads. */
export function writtenTopic(pipeline: Pipeline): AnyTopic {
  return pipeline.process?.topic ?? pipeline.topic
}

/** Whether a URL is one of this machine, by http: AWS cannot read it. */
export function isThisMachine(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

/** What tells a record from all others of its pipeline. */
export function recordId({ source, topic }: Pipeline, record: AvroRecord): string {
  return source.id?.(record) ?? topic.key(record)
}

/** Milliseconds of so many minutes. */
export function minutes(count: number): number {
  return count * 60_000
}

/** Milliseconds of so many days. */
export function days(count: number): number {
  return count * 86_400_000
}
