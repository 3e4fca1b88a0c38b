/**
 * What a demo is: seeded or real runs of pipelines whose analytics jobs show something, and a check of what they show.
 * Not for running one: see src/cli/commands/demo.ts.
 */
import type { AvroRecord } from '../core/avro-codec.ts'
import type { JobCounts } from '../core/job-progress.ts'
import type { AnyRow } from '../core/table.ts'
import type { Clients } from '../operations/clients.ts'

/** A demo: one file beside this, and a line in demos.ts. */
export type Demo = {
  readonly name: string
  /** One sentence for the help. */
  readonly summary: string
  /** The pipelines whose runs it makes, in order, with how many records and which seed; null: real data. */
  readonly runs: readonly { readonly pipeline: string; readonly records: number; readonly seed: string | null }[]
  /** Compares the tables of the jobs with a recomputation from the topics, independent of Spark. */
  readonly verify: (place: DemoPlace) => Promise<readonly Check[]>
  /** The results for a person. */
  readonly tables: (place: DemoPlace) => Promise<readonly ShownTable[]>
  /** The results as a picture: an SVG document. */
  readonly picture: (place: DemoPlace) => Promise<string>
}

/** A record that decoded, with where it stands and the time that Kafka has for it, in ms since the epoch. */
export type DemoRecord = {
  readonly value: AvroRecord
  readonly timestamp: number
  readonly partition: number
  readonly offset: number
}

/** What a demo reads. All of it is as of now; records are kept once they were read to the same end. */
export type DemoPlace = {
  readonly clients: Clients
  /** Records of a topic of a pipeline, by partition and offset; what does not decode is left out. */
  recordsOf(topic: string): Promise<readonly DemoRecord[]>
  /** How many records a topic holds. */
  sizeOf(topic: string): Promise<number>
  /** All rows of a table of a pipeline or a job: timestamps in ms since the epoch, bigint as numbers. */
  rowsOf(table: string): Promise<readonly AnyRow[]>
  /** What a job has counted. Its watermark decides which sessions are closed. */
  countsOf(job: string): JobCounts
}

/** A comparison of two lots of rows. */
export type Check = {
  /** What was compared: a table, and what it holds. */
  readonly what: string
  readonly comparedWith: string
  /** Rows, or whatever else was counted. */
  readonly expected: number
  readonly found: number
  readonly isEqual: boolean
  /** The first of them as sentences. */
  readonly differences: readonly string[]
}

/** A table with its title; the first row is the header. */
export type ShownTable = { readonly title: string; readonly cells: readonly (readonly string[])[] }
