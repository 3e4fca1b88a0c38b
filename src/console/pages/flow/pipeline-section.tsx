/**
 * One pipeline: its hops from left to right, dead letters below the topic that they belong to, its proof above, its jobs below.
 */
import type { FlowPoint, PipelineFlow } from '../../../operations/flow/flow.ts'
import type { Hop } from '../../../operations/flow/flow-hops.ts'
import { Badge } from '../parts/badge.tsx'
import { runPath } from '../parts/paths.ts'
import { Ago } from '../parts/time.tsx'
import { NextRun, PauseButton, scheduleText } from '../runs/schedule.tsx'
import { HopCard, hopTones } from './hop-card.tsx'
import { ProofLine } from './proof-line.tsx'

/** The section; `points` are the minutes before. */
export function PipelineSection({ flow, points }: { flow: PipelineFlow; points: readonly FlowPoint[] }) {
  const { pipeline, schedule, hops, latestRun, proof } = flow
  const worst = (['failing', 'late', 'paused'] as const).find((state) => hops.some((hop) => hop.state === state))
  const line = hops.filter(({ kind }) => kind !== 'dead-letters' && kind !== 'job')
  const jobs = hops.filter(({ kind }) => kind === 'job')
  const lettersOf = (hop: Hop) => hops.find(({ id }) => id === `dead-letters:${hop.name}`)
  const pointsOf = ({ id }: Hop) =>
    points.map(({ at, figures }) => ({ at, value: figures[`${pipeline}/${id}`]?.[0] ?? null }))
  return (
    <section class="pipeline" id={pipeline} aria-labelledby={`${pipeline}-name`}>
      <div class="pipeline-head">
        <h2 id={`${pipeline}-name`}>{pipeline}</h2>
        {worst && <Badge tone={hopTones[worst]}>{worst}</Badge>}
        <p class="faint">
          {scheduleText(schedule)}, <NextRun flow={flow} />
          {latestRun && (
            <>
              ,{' '}
              <a href={runPath(pipeline, latestRun.id)}>
                last run <Ago at={latestRun.startedAt} />
              </a>
            </>
          )}
        </p>
        <div class="pipeline-actions">
          <a class="button" href={`/runs/${pipeline}`} aria-label={`Runs of ${pipeline}`}>
            Runs
          </a>
          <PauseButton flow={flow} />
        </div>
      </div>
      <ProofLine proof={proof} />
      <ol class="hops">
        {line.map((hop) => {
          const letters = hop.kind === 'topic' ? lettersOf(hop) : undefined
          return (
            <li key={hop.id} class={`hop-column hop-${hop.kind}`}>
              <HopCard hop={hop} points={pointsOf(hop)} />
              {letters && <HopCard hop={letters} points={pointsOf(letters)} topic={hop.name} />}
            </li>
          )
        })}
      </ol>
      {jobs.length > 0 && (
        <ol class="job-hops" aria-label={`Jobs of ${pipeline}`}>
          {jobs.map((hop) => (
            <li key={hop.id}>
              <HopCard hop={hop} points={[]} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
