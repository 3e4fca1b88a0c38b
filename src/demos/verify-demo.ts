/**
 * The verdict on a demo: its own checks, with those that hold for every job.
 */
import type { DeclaredJob } from '../core/declared-jobs.ts'
import { compareCount } from './check.ts'
import type { Check, Demo, DemoPlace } from './demo.ts'
import type { JobStanding } from './job-standing.ts'

/** All checks of a demo: of each job what it counted and what became of its results, then the demo's own. */
export async function verifyDemo(
  demo: Demo,
  declared: readonly DeclaredJob[],
  standings: readonly JobStanding[],
  place: DemoPlace,
): Promise<readonly Check[]> {
  const jobs = declared.flatMap(({ job }) => {
    const { records, late, unseenBatches } = place.countsOf(job.name)
    const standing = standings.find((each) => each.job === job.name)
    const topics = Object.values(job.sources).map(({ topic }) => topic)
    return [
      compareCount(
        `${job.name}: records counted in time`,
        `records of ${topics.join(', ')}`,
        standing?.records ?? 0,
        records - late,
      ),
      compareCount(`${job.name}: results that are no row`, 'none', 0, standing?.unaccounted ?? -1),
      ...(unseenBatches > 0 ? [compareCount(`${job.name}: batches that ran unseen`, 'none', 0, unseenBatches)] : []),
    ]
  })
  return [...jobs, ...(await demo.verify(place))]
}

/** One sentence: what was compared with what, and whether it is equal. */
export function verdict(
  demo: Demo,
  declared: readonly DeclaredJob[],
  checks: readonly Check[],
  records: number,
): string {
  const tables = declared.map(({ job }) => job.name).join(', ')
  const wrong = checks.find(({ isEqual }) => !isEqual)
  const compared = `${demo.name}: ${tables} as Spark counted them, compared with a recomputation in TypeScript from ${records.toLocaleString('en')} records of the topics`
  if (!wrong) return `${compared}: all ${checks.length} checks are equal`
  return `${compared}: ${wrong.what} DIFFERS from ${wrong.comparedWith}: ${wrong.differences.join('; ')}`
}
