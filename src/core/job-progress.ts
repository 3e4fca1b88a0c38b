/**
 * What Spark reports of the batches of a job, as far as it is used, and what is counted from it.
 * Source: org.apache.spark.sql.streaming.StreamingQueryProgress of Spark 4.0, as JSON.
 */

/** Follows the name of a view in the name of its metric of windows. */
export const windowsSuffix = '__windows'
/** The field of that metric: rows by the end of their window in ms, as JSON. */
export const windowEnds = 'ends'

/** A trigger of a query. Times are ISO 8601, durations milliseconds. */
export type BatchProgress = {
  readonly batchId: number
  readonly timestamp: string
  readonly batchDuration: number
  /** Of all sources: Spark's JSON has these two by source only. */
  readonly numInputRows: number
  readonly inputRowsPerSecond: number
  /** `addBatch` is there where a batch was run. */
  readonly durationMs: Readonly<Record<string, number>>
  readonly eventTime?: { readonly watermark?: string }
  readonly stateOperators: readonly { readonly numRowsTotal: number; readonly memoryUsedBytes: number }[]
  readonly sink: { readonly numOutputRows: number }
  readonly observedMetrics: Readonly<Record<string, Readonly<Record<string, number | string | null>>>>
}

/** What a job has counted, in records; a record in several windows is late once for each that it came too late for. */
export type JobCounts = {
  readonly records: number
  /** Records whose bytes are not Avro of a schema of their topic: dead letters of the pipeline's own stages. */
  readonly undecodable: number
  /** Records without an event time. */
  readonly untimed: number
  /** Rows that came after the watermark had passed their window. */
  readonly late: number
  /** Batches that ran unseen: what they counted is not in here. */
  readonly unseenBatches: number
  /** The latest batch in here; -1 for none. */
  readonly batchId: number
  /** The watermark of that batch in ms, which decides what is late in the next one. */
  readonly watermarkMs: number
}

/** Nothing counted yet. */
export const noCounts: JobCounts = {
  records: 0,
  undecodable: 0,
  untimed: 0,
  late: 0,
  unseenBatches: 0,
  batchId: -1,
  watermarkMs: 0,
}

/** The counts with those batches of a report, oldest first, that are newer and were run. Pure. */
export function countBatches(counts: JobCounts, report: readonly BatchProgress[]): JobCounts {
  return report
    .filter(({ durationMs, batchId }) => 'addBatch' in durationMs && batchId > counts.batchId)
    .reduce(count, counts)
}

function count(counts: JobCounts, { batchId, eventTime, observedMetrics }: BatchProgress): JobCounts {
  const sums = { records: 0, undecodable: 0, untimed: 0, late: 0 }
  for (const [name, metrics] of Object.entries(observedMetrics)) {
    if (name.endsWith(windowsSuffix)) sums.late += lateRows(metrics[windowEnds], counts.watermarkMs)
    else for (const key of ['records', 'undecodable', 'untimed'] as const) sums[key] += Number(metrics[key] ?? 0)
  }
  return {
    records: counts.records + sums.records,
    undecodable: counts.undecodable + sums.undecodable,
    untimed: counts.untimed + sums.untimed,
    late: counts.late + sums.late,
    unseenBatches: counts.unseenBatches + batchId - counts.batchId - 1,
    batchId,
    watermarkMs: Date.parse(eventTime?.watermark ?? '') || counts.watermarkMs,
  }
}

/** Spark drops a row whose window ends at or before the watermark of the batch before. */
function lateRows(ends: unknown, watermarkMs: number): number {
  if (typeof ends !== 'string') return 0
  const rows = Object.entries(JSON.parse(ends) as Record<string, number>)
  return rows.reduce((sum, [end, size]) => (Number(end) <= watermarkMs ? sum + size : sum), 0)
}
