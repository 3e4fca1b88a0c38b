/**
 * A replay as text for people.
 */
import type { ReplayPlan, ReplayResult } from './replay.ts'
import type { ReplayProgress } from './replay-progress.ts'

const count = (value: number) => value.toLocaleString('en')

/** Cells of a plan: a row for each partition that has something to replay, the header first. */
export function planCells({ mapping, range }: ReplayPlan): string[][] {
  const rows = range.filter(({ start, end }) => start < end)
  return [
    ['partition', 'from', 'before', 'records'],
    ...rows.map(({ partition, start, end }) => [
      `${mapping.topic}-${partition}`,
      String(start),
      String(end),
      count(end - start),
    ]),
  ]
}

/** A line of progress. */
export function progressLine({ total, done, perSecond, remainingMs, problem }: ReplayProgress): string {
  const left = remainingMs === null ? '' : `, ${count(perSecond)} a second, ${duration(remainingMs)} left`
  return `${count(done)} of ${count(total)} records${left}${problem ? `; ${problem}` : ''}`
}

/** How a replay ended; `--environment` is part of the command that resumes it where it is not the default one. */
export function resultText(plan: ReplayPlan, result: ReplayResult, environment: string): string {
  const { mapping, total, pipeline, stage } = plan
  const { done, ms, resume, isGroupDeleted } = result
  const through = `of ${mapping.topic} through ${mapping.functionName} in ${duration(ms)}`
  const left = isGroupDeleted ? '' : `\ngroup ${mapping.consumerGroupId} could not be deleted; the next replay does it`
  if (!resume) return `replayed ${count(done)} records ${through}; group ${plan.liveGroup} is where it was${left}`
  const named = environment === 'default' ? '' : ` --environment ${environment}`
  return `stopped after ${count(done)} of ${count(total)} records ${through}. To go on:
  npm run sluice -- replay ${pipeline} --stage ${stage} --from ${resume.from} --to ${resume.to}${named}${left}`
}

function duration(ms: number): string {
  const seconds = ms / 1_000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}
