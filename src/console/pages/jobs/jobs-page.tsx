/**
 * All analytics jobs at a glance: how each is, how fast, how far, and what it left out.
 */
import type { ComponentChildren } from 'preact'
import type { JobStanding, JobView } from '../../../operations/jobs/job-view.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { bytes, count, duration, rate } from '../format.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { Condition } from './condition.tsx'

const columns: readonly Column<JobView>[] = [
  { head: 'Job', cell: ({ job }) => <a href={`/jobs/${job}`}>{job}</a> },
  { head: 'State', cell: ({ condition }) => <Condition of={condition} /> },
  { head: 'Pipeline', cell: ({ pipeline }) => <a href={`/#${pipeline}`}>{pipeline}</a> },
  figure('Records', ({ counts }) => count(counts.records)),
  figure('Came in', ({ batch }) => (batch ? `${rate(batch.recordsPerSecond)}/s` : '–')),
  figure('Batch took', ({ batch }) => duration(batch?.tookMs ?? null)),
  figure('Watermark', ({ counts }) => (counts.watermarkMs === 0 ? '–' : <Time at={counts.watermarkMs} />)),
  figure('Late', ({ counts }) => <LeftOut records={counts.late} />),
  figure('Not decodable', ({ counts }) => <LeftOut records={counts.undecodable} />),
  figure('Open groups', ({ batch }) => (batch ? `${count(batch.state.groups)}, ${bytes(batch.state.bytes)}` : '–')),
  figure('Restarts', ({ restarts }) => count(restarts)),
]

function figure(head: string, text: (standing: JobStanding) => ComponentChildren): Column<JobView> {
  return { head, isFigure: true, cell: ({ standing }) => (standing ? text(standing) : '–') }
}

function LeftOut({ records }: { records: number }) {
  return <span class={records > 0 ? 'is-behind' : undefined}>{count(records)}</span>
}

/** The page. */
export function JobsPage() {
  const answer = useAnswer('jobs', () => answered(api.jobs.$get()), 2_000)
  return (
    <>
      <PageHead
        title="Jobs"
        lead="Spark queries over the topics of the pipelines. Open one for its results: charts of its windows, or the rows that it found."
      />
      <Answered answer={answer} what="jobs" lines={8}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Nothing title="No pipeline declares a job">
              One is an entry in <code>analytics</code> of a pipeline, and a file in <code>spark/</code>.
            </Nothing>
          ) : (
            <>
              {jobs.every(({ condition }) => condition === 'unsupervised') && <NotRunning>No job runs now.</NotRunning>}
              {jobs.map(({ job, condition, standing }) =>
                condition === 'failing' && standing?.failure ? (
                  <p key={job} class="problem" role="alert">
                    <span>
                      <a href={`/jobs/${job}`}>{job}</a> <code class="code">{standing.failure.code}</code>{' '}
                      {standing.failure.message}
                    </span>
                  </p>
                ) : null,
              )}
              <DataTable name="Jobs" columns={columns} items={jobs} keyOf={({ job }) => job} />
            </>
          )
        }
      </Answered>
    </>
  )
}

/** That nobody runs it, and what brings it. */
export function NotRunning({ children }: { children: string }) {
  return (
    <p class="bar" role="status">
      {children} Jobs begin when Spark has started, some time after the first proof; with <code>--no-analytics</code>,
      or in containers, they do not.
    </p>
  )
}
