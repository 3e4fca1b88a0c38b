/**
 * How an environment stands: each stage's lag, and each pipeline's latest run.
 */
import type { Pipeline } from '../core/pipeline.ts'
import { type StageMapping, stageMappings } from '../core/stage-mapping.ts'
import { ledgerOf, type Run } from '../runtime/ledger.ts'
import type { Clients } from './clients.ts'
import { groupLag, sumOfLag } from './flow/lag.ts'

/** How far a stage is behind its topic, in records over all partitions. */
export type StageLag = {
  readonly group: string
  readonly functionName: string
  readonly topic: string
  readonly lag: number
}

/** How a pipeline stands. */
export type PipelineStatus = {
  readonly pipeline: string
  readonly stages: readonly StageLag[]
  readonly latestRun: Run | null
}

/** The status of a pipeline as Kafka and the ledger have it now. */
export async function pipelineStatus(pipeline: Pipeline, clients: Clients): Promise<PipelineStatus> {
  const { name } = pipeline
  const [latestRun = null] = await ledgerOf(clients.cassandra, name).latestRuns(1)
  const stages = await Promise.all(stageMappings(pipeline).map((mapping) => stageLag(mapping, clients)))
  return { pipeline: name, stages, latestRun }
}

async function stageLag({ id, functionName, topic }: StageMapping, { admin }: Clients): Promise<StageLag> {
  return { group: id, functionName, topic: topic.name, lag: sumOfLag(await groupLag(admin, id, topic.name)) }
}
