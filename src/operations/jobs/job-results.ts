/**
 * The latest results of a job, from its topic: what was written last of each key. Not for what they look like: see
 * result-shape.ts.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { offsetBounds, offsetsSince } from '../../connect/kafka-offsets.ts'
import { resultTopic } from '../../core/job.ts'
import { personalNames } from '../../core/personal-data.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { AnyTopic } from '../../core/topic.ts'
import { decodedOrNull, topicDecoder } from '../../runtime/topic-codec.ts'
import type { Clients } from '../clients.ts'
import { readRanges } from '../topics/record-ranges.ts'
import { expectTopic } from '../topics/records.ts'
import { findJob } from './find-job.ts'
import { type ResultRow, type ShapedResults, shapeResults } from './result-shape.ts'

/** Results that were written since `since`, in ms since the epoch. */
export type JobResults = ShapedResults & {
  readonly since: number
  /** Whether all of them were read: of more than 10,000 the newest are. */
  readonly isWhole: boolean
}

const mostRead = 10_000
const deadlineMs = 8_000
/** Records that are decoded before others get their turn. */
const decodedAtOnce = 250

/**
 * What a job came to since then, of one series or as {@link shapeResults} says. A column that has the name of a tagged
 * field of the pipeline is personal. Fails with JOB_UNKNOWN, TOPIC_UNKNOWN, KAFKA_UNAVAILABLE or REGISTRY_UNAVAILABLE.
 */
export async function jobResults(
  pipelines: readonly Pipeline[],
  name: string,
  { since, of }: { readonly since: number; readonly of: string | null },
  clients: Clients,
): Promise<JobResults> {
  const { job, pipeline } = findJob(pipelines, name)
  const { results, isWhole } = await readResults(resultTopic(job), since, clients)
  return { since, isWhole, ...shapeResults(job, results, personalNames(pipeline), of) }
}

async function readResults(
  topic: AnyTopic,
  since: number,
  clients: Clients,
): Promise<{ results: ResultRow[]; isWhole: boolean }> {
  const { admin, registry } = clients
  await expectTopic(topic.name, clients)
  const [{ start, end }, first] = await Promise.all([
    offsetBounds(admin, topic.name),
    offsetsSince(admin, topic.name, since),
  ])
  const most = Math.floor(mostRead / end.size)
  const wanted = [...end].map(([partition, to]) => ({
    ...{ partition, to },
    from: Math.max(start.get(partition) ?? 0, first.get(partition) ?? to),
  }))
  const ranges = wanted.map(({ partition, from, to }) => [partition, { from: Math.max(from, to - most), to }] as const)
  const records = await readRanges(topic.name, new Map(ranges), clients, Date.now() + deadlineMs)
  const decoder = topicDecoder(topic, registry)
  const latest = new Map<string, ResultRow>()
  for (const [index, { key, value, timestamp }] of records.sort((a, b) => a.offset - b.offset).entries()) {
    if (index % decodedAtOnce === decodedAtOnce - 1) await turn()
    const row = value && (await decodedOrNull(decoder, value))
    if (row) latest.set(String(key), { row, at: timestamp })
  }
  const all = wanted.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
  return { results: [...latest.values()], isWhole: records.length >= all }
}
