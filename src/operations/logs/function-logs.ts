/**
 * The logs of functions in CloudWatch Logs.
 * Not for showing them: see function-log-text.ts.
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { awsConfig } from '../../connect/aws.ts'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { functionName, judgeName, type Stage } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'

/** One line of a log. `timestamp` in ms since the epoch. */
export type LogLine = { readonly id: string; readonly timestamp: number; readonly message: string }

/** The functions of a pipeline's stages, in the order of the flow. */
export function stageFunctions({ name, process }: Pipeline): string[] {
  const stages: Stage[] = process ? ['ingest', 'process', 'write'] : ['ingest', 'write']
  return stages.map((stage) => functionName(name, stage))
}

/** The functions of the app: those of the stages, the judge of runs, and the one that creates topics, tables and subjects. */
export function functionNames(pipelines: readonly Pipeline[]): string[] {
  return [...pipelines.flatMap(stageFunctions), judgeName, 'sluice-topology']
}

/** Fails with ARGUMENT_INVALID, naming the functions there are, unless the app has one of that name. */
export function expectFunction(pipelines: readonly Pipeline[], name: string): void {
  const names = functionNames(pipelines)
  if (names.includes(name)) return
  throw new SluiceError('ARGUMENT_INVALID', `there is no function "${name}": there are ${names.join(', ')}`)
}

/** Reads one function's log. */
export type FunctionLog = {
  /** The lines not older than `since` (ms since the epoch), oldest first; none where the function has not logged yet. */
  since(since: number): Promise<LogLine[]>
  /** Hands over each line after the given ones once, looking each second, until the signal aborts. */
  follow(shown: readonly LogLine[], signal: AbortSignal, onLine: (line: LogLine) => void): Promise<void>
  close(): void
}

const pauseMs = 1_000
/** Lines arrive out of order across instances of a function: looks overlap by this much. */
const overlapMs = 10_000

/** The log of a deployed function. */
export function functionLog(aws: AwsEndpoint, name: string): FunctionLog {
  const client = new CloudWatchLogsClient(awsConfig(aws))
  const since = async (startTime: number) => {
    const lines: LogLine[] = []
    let nextToken: string | undefined
    do {
      const page = await pageOf(client, `/aws/lambda/${name}`, startTime, nextToken)
      for (const { eventId, timestamp = 0, message = '' } of page?.events ?? []) {
        lines.push({ id: eventId ?? `${timestamp} ${message}`, timestamp, message: message.trimEnd() })
      }
      nextToken = page?.nextToken
    } while (nextToken)
    return lines.sort((a, b) => a.timestamp - b.timestamp)
  }
  return {
    since,
    async follow(shown, signal, onLine) {
      let latest = shown.at(-1)?.timestamp ?? Date.now()
      let seen = new Set(shown.map(({ id }) => id))
      while (!signal.aborted) {
        await delay(pauseMs, null, { signal }).catch(() => {})
        const lines = await since(latest - overlapMs)
        for (const line of lines) if (!seen.has(line.id)) onLine(line)
        seen = new Set([...lines.map(({ id }) => id)])
        latest = lines.at(-1)?.timestamp ?? latest
      }
    },
    close: () => client.destroy(),
  }
}

async function pageOf(
  client: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
  nextToken: string | undefined,
): Promise<FilterLogEventsCommandOutput | null> {
  try {
    return await client.send(
      new FilterLogEventsCommand({ logGroupName, startTime, ...(nextToken ? { nextToken } : {}) }),
    )
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null
    throw error
  }
}
