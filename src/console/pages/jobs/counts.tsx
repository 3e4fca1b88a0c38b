/**
 * What a job counted and left out, its latest batch, and where its results go.
 */
import type { JobView } from '../../../operations/jobs/job-view.ts'
import { bytes, count, duration, rate } from '../format.ts'
import { Metric } from '../parts/metric.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'

/** The part of the page. */
export function Counts({ job: { job, condition, sources, standing } }: { job: JobView }) {
  if (!standing) {
    return <Nothing title="This job never ran here">It counts from the first record when it does.</Nothing>
  }
  const { counts, batch, restarts, failure } = standing
  const waits = sources.map(({ watermark }) => watermark).join(', ')
  return (
    <>
      <h2>Counted</h2>
      <dl class="metrics">
        <Metric name="Records" text={count(counts.records)} />
        <Metric name="Came in, latest batch" text={`${rate(batch?.recordsPerSecond ?? null)} /s`} />
        <Metric name="Latest batch took" text={duration(batch?.tookMs ?? null)} />
        <Metric name="Late" text={count(counts.late)} isBad={counts.late > 0} />
        <Metric name="Not decodable" text={count(counts.undecodable)} isBad={counts.undecodable > 0} />
        <Metric name="Without event time" text={count(counts.untimed)} isBad={counts.untimed > 0} />
        <Metric name="Groups in open windows" text={batch ? count(batch.state.groups) : '–'} />
        <Metric name="Memory of those" text={batch ? bytes(batch.state.bytes) : '–'} />
        <Metric name="Restarts" text={count(restarts)} />
        {counts.unseenBatches > 0 && (
          <Metric name="Batches not counted here" text={count(counts.unseenBatches)} isBad />
        )}
      </dl>
      <dl class="facts">
        <dt>Watermark</dt>
        <dd>
          {counts.watermarkMs === 0 ? 'none yet' : <Time at={counts.watermarkMs} />}, {waits} behind the latest event: a
          record of a window before it is late
        </dd>
        <dt>Latest batch</dt>
        <dd>
          {batch ? (
            <>
              number {batch.number}, <Time at={batch.at} />, of {count(batch.records)} records
            </>
          ) : (
            'none since the job began'
          )}
        </dd>
        <dt>Last failure</dt>
        <dd>
          {failure ? (
            <>
              <Time at={failure.at} />, <code class="code">{failure.code}</code>
              {condition === 'failing' ? ': see above' : `: ${failure.message}`}
            </>
          ) : (
            'none'
          )}
        </dd>
        <dt>Results</dt>
        <dd>
          <a href={`/topics/${job}`}>topic</a>, <a href={`/tables/${job}`}>table</a>,{' '}
          <a href={`/dead-letters/${job}`}>dead letters</a>
        </dd>
      </dl>
    </>
  )
}
