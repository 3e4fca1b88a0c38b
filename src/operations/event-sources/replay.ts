/**
 * Replay: processes old offsets of a stage again, on a consumer group of its own, beside the live one.
 * Not for dead letters: those are sent back, see redrive.ts.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Admin } from 'kafkajs'
import { awsConfig } from '../../connect/aws.ts'
import { committedOffsets, offsetBounds, offsetsSince, type PartitionOffsets } from '../../connect/kafka-offsets.ts'
import type { AwsEndpoint, Endpoints } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { consumerGroup } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { lambdaInvoker } from '../../event-source/lambda-invoker.ts'
import type { Mapping } from '../../event-source/mapping.ts'
import { type Poller, startPoller } from '../../event-source/poller.ts'
import { lengthOf, type MappingRange } from '../../event-source/range.ts'
import { withKafkaAdmin } from '../clients.ts'
import { deployedMapping } from './event-sources.ts'
import { invokeSettings } from './invoke-settings.ts'
import { pollerPorts } from './poller-ports.ts'
import { deleteGroup, replayGroup, sweepGroups } from './replay-groups.ts'
import { type ReplayProgress, replayProgress } from './replay-progress.ts'
import { positionList, type ReplayPosition, replayRange } from './replay-range.ts'

/** A stage that reads a topic. */
export type ReplayStage = 'process' | 'write'

/** What a replay does: the deployed mapping, bound to a range of its topic and to a group of the replay's own. */
export type ReplayPlan = {
  readonly pipeline: string
  readonly stage: ReplayStage
  readonly liveGroup: string
  readonly mapping: Mapping
  readonly range: MappingRange
  /** Offsets of the range; some may hold no record. */
  readonly total: number
}

/** How a replay ended. */
export type ReplayResult = {
  readonly done: number
  readonly ms: number
  /** What is left, in the form of `--from` and `--to`; null when nothing is. */
  readonly resume: { readonly from: string; readonly to: string } | null
  /** Whether its group is deleted. */
  readonly isGroupDeleted: boolean
}

/**
 * What a replay of a stage from one position up to another, the end as of now unless given, would do. Fails with
 * ARGUMENT_INVALID for a stage that the pipeline does not have, that is not deployed, or a range that is not there; with
 * MAPPING_INVALID when the mapping is refused.
 */
export async function planReplay(
  pipeline: Pipeline,
  stage: ReplayStage,
  { from, to }: { readonly from: ReplayPosition; readonly to: ReplayPosition | null },
  endpoints: Endpoints,
): Promise<ReplayPlan> {
  if (stage === 'process' && !pipeline.process) {
    throw new SluiceError('ARGUMENT_INVALID', `pipeline "${pipeline.name}" has no stage process: there is write`)
  }
  const { mapping: live, problem } = await deployedMapping(consumerGroup(pipeline.name, stage), endpoints.aws)
  if (!live) throw new SluiceError('MAPPING_INVALID', problem ?? '')
  const range = await withKafkaAdmin(endpoints, async (admin) => {
    const [bounds, sinceFrom, sinceTo] = await Promise.all([
      offsetBounds(admin, live.topic),
      sincePosition(admin, live.topic, from),
      to && sincePosition(admin, live.topic, to),
    ])
    return replayRange(live.topic, from, to, { ...bounds, sinceFrom, sinceTo })
  })
  const group = replayGroup(live.consumerGroupId, randomBytes(4).toString('hex'))
  const mapping = { ...live, id: group, consumerGroupId: group, enabled: true, range }
  return { pipeline: pipeline.name, stage, liveGroup: live.consumerGroupId, mapping, range, total: lengthOf(range) }
}

async function sincePosition(admin: Admin, topic: string, position: ReplayPosition): Promise<PartitionOffsets | null> {
  return position.kind === 'time' ? offsetsSince(admin, topic, position.timestampMs) : null
}

/** How often progress is told, in ms. */
const progressIntervalMs = 1_000

/**
 * Carries a plan out: invokes the deployed function with the records of the range, through the Invoke API, until all of
 * it is settled or the signal aborts. Then the invocations in flight have ended, and the group is deleted.
 * Delivery guarantees: those of `startPoller`, within the range: at least once, no record outside of it. Records keep
 * time and headers, so that rows change only where they were lost. The live group is not touched.
 */
export async function replay(
  plan: ReplayPlan,
  endpoints: Endpoints,
  onProgress: (progress: ReplayProgress) => void,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const began = performance.now()
  const ms = () => Math.round(performance.now() - began)
  if (plan.total === 0) return { done: 0, ms: ms(), resume: null, isGroupDeleted: true }
  return withKafkaAdmin(endpoints, async (admin) => {
    await sweepGroups(admin, plan.liveGroup)
    const ended = new AbortController()
    const poller = await startReplayPoller(plan.mapping, endpoints.aws, () => ended.abort())
    const progressOf = replayProgress(plan.range)
    const timer = setInterval(() => onProgress(progressOf(poller.status()[0])), progressIntervalMs)
    const over = AbortSignal.any([signal, ended.signal])
    if (!over.aborted) await once(over, 'abort')
    clearInterval(timer)
    await poller.stop()
    const { left, resume } = await whatIsLeft(plan, admin)
    const isGroupDeleted = await deleteGroup(admin, plan.mapping.consumerGroupId)
    await sweepGroups(admin, plan.liveGroup)
    return { done: plan.total - left, ms: ms(), resume, isGroupDeleted }
  })
}

function startReplayPoller(mapping: Mapping, aws: AwsEndpoint, onEnded: () => void): Promise<Poller> {
  return startPoller({
    mappings: [mapping],
    invoker: lambdaInvoker(awsConfig(aws)),
    ...pollerPorts(aws),
    clientId: 'sluice-replay',
    settings: invokeSettings,
    report: ({ type }) => {
      if (type === 'ended') onEnded()
    },
  })
}

/** From what the group has committed, which is what is settled for sure. */
async function whatIsLeft({ range, mapping }: ReplayPlan, admin: Admin) {
  const { topic, consumerGroupId } = mapping
  const committed = await committedOffsets(admin, consumerGroupId, topic)
  const open = range
    .map((each) => ({ ...each, start: Math.max(each.start, committed.get(each.partition) ?? 0) }))
    .filter(({ start, end }) => start < end)
  const listOf = (side: 'start' | 'end') =>
    positionList(topic, new Map(open.map((each) => [each.partition, each[side]])))
  return { left: lengthOf(open), resume: open.length === 0 ? null : { from: listOf('start'), to: listOf('end') } }
}
