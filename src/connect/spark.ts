/**
 * A session of a Spark Connect server: views, streaming queries and what is known of these. Whatever analyses data is SQL
 * text; messages say what SQL cannot: sources, watermarks, counters, sinks.
 * Not for which queries run: see src/operations/jobs. Source: spark/connect/*.proto of Spark 4.0.
 */
import { randomUUID } from 'node:crypto'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { type ExecutePlanResponse, PlanSchema, SparkConnectService } from '../../spark/protocol/base_pb.js'
import type {
  CommandSchema,
  StreamingQueryCommandSchema,
  StreamingQueryInstanceId,
} from '../../spark/protocol/commands_pb.js'
import type { Relation } from '../../spark/protocol/relations_pb.js'
import { SluiceError } from '../core/errors.ts'
import type { JobPlan } from '../core/job-plan.ts'
import type { BatchProgress } from '../core/job-progress.ts'
import { sqlRelation, stepRelation } from './spark-relation.ts'

type CommandOf = NonNullable<MessageInitShape<typeof CommandSchema>['commandType']>
type QueryCommand = NonNullable<MessageInitShape<typeof StreamingQueryCommandSchema>['command']>

/** A streaming query of a session. */
export type StreamingQuery = {
  /** Outlasts restarts from the same checkpoint. */
  readonly id: string
  /** The batches after that one which Spark still remembers, oldest first; it may give earlier ones besides. */
  progressAfter(batchId: number): Promise<readonly BatchProgress[]>
  /** Null while it runs; then why it ended, with an empty text where it was stopped. */
  failure(): Promise<string | null>
  /** Ends it after the batch at hand was given up; its checkpoint stays. */
  stop(): Promise<void>
}

/** A session: views and queries of one do not see another's, and end with it. Fails with SPARK_UNAVAILABLE. */
export type SparkSession = {
  /** Makes the views of a plan and starts its query. Fails with JOB_FAILED where Spark refuses them. */
  start(plan: JobPlan, checkpoint: string): Promise<StreamingQuery>
  /** The version of the server. */
  version(): Promise<string>
  /** Ends the queries of the session and closes the connection. */
  close(): Promise<void>
}

/** Opens a session at `http://host:port`. Nothing is sent before the first call; each may take `timeoutMs`. */
export function connectSpark(url: string, timeoutMs = 120_000): SparkSession {
  const sessionManager = new Http2SessionManager(url)
  const client = createClient(
    SparkConnectService,
    createGrpcTransport({ baseUrl: url, sessionManager, defaultTimeoutMs: timeoutMs }),
  )
  const session = { sessionId: randomUUID(), userContext: { userId: 'sluice', userName: 'sluice' } }

  const command = async (commandType: CommandOf): Promise<ExecutePlanResponse['responseType'][]> => {
    const plan = create(PlanSchema, { opType: { case: 'command', value: { commandType } } })
    const answers: ExecutePlanResponse['responseType'][] = []
    try {
      for await (const { responseType } of client.executePlan({ ...session, clientType: 'sluice', plan })) {
        answers.push(responseType)
      }
    } catch (cause) {
      throw sparkError(url, cause)
    }
    return answers
  }

  const createView = (name: string, input: Relation) =>
    command({ case: 'createDataframeView', value: { name, input, isGlobal: false, replace: true } })

  const ask = async (queryId: StreamingQueryInstanceId, asked: QueryCommand) => {
    const answers = await command({ case: 'streamingQueryCommand', value: { queryId, command: asked } })
    for (const { case: kind, value } of answers) {
      if (kind === 'streamingQueryCommandResult') return value.resultType
    }
    return { case: undefined }
  }

  const progress = async (queryId: StreamingQueryInstanceId, asked: 'lastProgress' | 'recentProgress') => {
    const answer = await ask(queryId, { case: asked, value: true })
    return answer.case === 'recentProgress' ? answer.value.recentProgressJson.map(progressOf) : []
  }

  const queryOf = (queryId: StreamingQueryInstanceId): StreamingQuery => ({
    id: queryId.id,
    async progressAfter(batchId) {
      // All that Spark remembers is a megabyte, and asked for each second by every job.
      const latest = await progress(queryId, 'lastProgress')
      const newest = latest.at(-1)?.batchId ?? -1
      return newest <= batchId + 1 ? latest : progress(queryId, 'recentProgress')
    },
    async failure() {
      const status = await ask(queryId, { case: 'status', value: true })
      if (status.case === 'status' && status.value.isActive) return null
      const answer = await ask(queryId, { case: 'exception', value: true })
      return answer.case === 'exception' ? (answer.value.exceptionMessage ?? '') : ''
    },
    async stop() {
      await ask(queryId, { case: 'stop', value: true })
    },
  })

  return {
    async start({ steps, sink }, checkpoint) {
      for (const step of steps) await createView(step.view, stepRelation(step))
      const answers = await command({
        case: 'writeStreamOperationStart',
        value: {
          input: sqlRelation(sink.sql),
          format: 'kafka',
          options: { ...sink.options, checkpointLocation: checkpoint },
          outputMode: sink.outputMode,
          queryName: sink.name,
          trigger: { case: 'processingTimeInterval', value: sink.trigger },
        },
      })
      for (const { case: kind, value } of answers) {
        if (kind === 'writeStreamOperationStartResult' && value.queryId) return queryOf(value.queryId)
      }
      throw new SluiceError('JOB_FAILED', `Spark at ${url} gave no id for query ${sink.name}: restart the job`)
    },
    async version() {
      try {
        const { result } = await client.analyzePlan({ ...session, analyze: { case: 'sparkVersion', value: {} } })
        return result.case === 'sparkVersion' ? result.value.version : ''
      } catch (cause) {
        throw sparkError(url, cause)
      }
    },
    async close() {
      await client.releaseSession(session).catch(() => {})
      sessionManager.abort()
    },
  }
}

/** A row of metrics as Spark Connect writes it: what a query logs has the same by name. */
type MetricsRow = {
  readonly values: readonly (number | string | null)[]
  readonly schema: { readonly fields: readonly { readonly name: string }[] }
}

/** What Spark's JSON says of one source; a rate that is none is text. */
type SourceProgress = { readonly numInputRows?: number; readonly inputRowsPerSecond?: number | string }

function progressOf(text: string): BatchProgress {
  const {
    observedMetrics = {},
    sources = [],
    ...progress
  } = JSON.parse(text) as Omit<BatchProgress, 'observedMetrics' | keyof SourceProgress> & {
    readonly observedMetrics?: Readonly<Record<string, MetricsRow>>
    readonly sources?: readonly SourceProgress[]
  }
  const named = ({ values, schema }: MetricsRow) =>
    Object.fromEntries(schema.fields.map(({ name }, at) => [name, values[at] ?? null]))
  const metrics = Object.entries(observedMetrics).map(([name, row]) => [name, named(row)] as const)
  const sum = (field: keyof SourceProgress) => sources.reduce((all, source) => all + (Number(source[field]) || 0), 0)
  return {
    ...progress,
    numInputRows: sum('numInputRows'),
    inputRowsPerSecond: sum('inputRowsPerSecond'),
    observedMetrics: Object.fromEntries(metrics),
  }
}

/** No answer is passing; an answer that says no is not. */
function sparkError(url: string, cause: unknown): SluiceError {
  const { code, rawMessage } = ConnectError.from(cause)
  const passing = [Code.Unavailable, Code.DeadlineExceeded, Code.Aborted, Code.Canceled].includes(code)
  return passing
    ? new SluiceError('SPARK_UNAVAILABLE', `Spark at ${url} does not answer: ${rawMessage}`, { cause })
    : new SluiceError('JOB_FAILED', `Spark at ${url} refused: ${rawMessage.split('\n')[0]}`, { cause })
}
