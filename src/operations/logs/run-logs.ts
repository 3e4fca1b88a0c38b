/**
 * What the functions of a pipeline logged about a run: every line of each invocation that names it.
 */
import type { AwsEndpoint } from '../../core/endpoints.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { structuredLine } from './function-log-text.ts'
import { functionLog, type LogLine, stageFunctions } from './function-logs.ts'

/** A line, and the function that logged it. */
export type RunLogLine = LogLine & { readonly functionName: string }

/** The lines of a pipeline's functions since a time (ms since the epoch), oldest first. */
export async function pipelineLog(aws: AwsEndpoint, pipeline: Pipeline, since: number): Promise<RunLogLine[]> {
  const lines = await Promise.all(
    stageFunctions(pipeline).map(async (functionName) => {
      const log = functionLog(aws, functionName)
      try {
        return (await log.since(since)).map((line) => ({ ...line, functionName }))
      } finally {
        log.close()
      }
    }),
  )
  return lines.flat().sort((a, b) => a.timestamp - b.timestamp)
}

/** What the functions of any of the pipelines logged about a run since it was asked for, in the order of the pipelines. */
export async function logOfRun(
  aws: AwsEndpoint,
  pipelines: readonly Pipeline[],
  runId: string,
  askedAt: number,
): Promise<RunLogLine[]> {
  const logs = await Promise.all(pipelines.map((pipeline) => pipelineLog(aws, pipeline, askedAt)))
  return linesOfRun(logs.flat(), runId)
}

/** Those lines that belong to an invocation which names the run. */
export function linesOfRun(lines: readonly RunLogLine[], runId: string): RunLogLine[] {
  const requests = new Set<unknown>()
  const requestOf = new Map<RunLogLine, unknown>()
  for (const line of lines) {
    const entry = structuredLine(line.message)
    const request = entry?.function_request_id
    if (!entry || request === undefined) continue
    requestOf.set(line, request)
    const runs: unknown[] = Array.isArray(entry.runs) ? entry.runs : []
    if (entry.run === runId || runs.includes(runId)) requests.add(request)
  }
  return lines.filter((line) => requests.has(requestOf.get(line)))
}

/** A batch as its function logged it. */
export type Batch = {
  readonly functionName: string
  readonly requestId: string
  readonly at: string
  readonly records: number
  readonly failed: number
}

/** The batches that held the record at a position, oldest first: several where it was tried again. */
export function batchesOf(
  lines: readonly RunLogLine[],
  { topic, partition, offset }: { topic: string; partition: number; offset: number },
): Batch[] {
  return lines.flatMap(({ functionName, message, timestamp }) => {
    const entry = structuredLine(message)
    if (!entry || entry.topic !== topic) return []
    const [first, last] = (entry.offsets as Record<string, [number, number]> | undefined)?.[partition] ?? []
    if (first === undefined || last === undefined || offset < first || offset > last) return []
    const at = typeof entry.timestamp === 'string' ? entry.timestamp : new Date(timestamp).toISOString()
    const [records, failed] = [Number(entry.records), Number(entry.failed)]
    return [{ functionName, requestId: String(entry.function_request_id), at, records, failed }]
  })
}
