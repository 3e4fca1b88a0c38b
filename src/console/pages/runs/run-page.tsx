/**
 * One run: how it stands hop by hop, what went wrong and what to do, and what its functions logged.
 */
import { useLocation, useRoute } from 'preact-iso'
import { answered } from '../../client.ts'
import { api, useAnswer, useChange } from '../ask.ts'
import { Badge } from '../parts/badge.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Problem } from '../parts/states.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { RunAccount } from './run-account.tsx'
import { RunLog } from './run-log.tsx'
import { tones } from './run-state.ts'

const parts = [
  ['run', 'Run'],
  ['log', 'Log'],
] as const

/** The page. */
export function RunPage() {
  const { params } = useRoute()
  const { query } = useLocation()
  const pipeline = params.pipeline ?? ''
  const run = params.run ?? ''
  const param = { pipeline, run }
  const answer = useAnswer(
    `run ${pipeline} ${run}`,
    () => answered(api.runs[':pipeline'][':run'].$get({ param })),
    1_500,
  )
  const retry = useChange(async () => {
    const done = await answered(api.runs[':pipeline'][':run'].retry.$post({ param }))
    answer.again()
    return done
  })
  const found = answer.value
  const isLog = query.part === 'log'
  return (
    <>
      <PageHead
        title={run}
        up={[`/runs/${pipeline}`, `Runs of ${pipeline}`]}
        lead={
          found && (
            <>
              <Badge tone={tones[found.standing.state]}>{found.standing.state}</Badge> scheduled{' '}
              <Time at={found.run.scheduledAt} />
            </>
          )
        }
      >
        {found?.isRetryable && (
          <button type="button" class="primary" disabled={retry.isRunning} onClick={() => retry.run()}>
            {retry.isRunning ? 'Running' : 'Retry'}
          </button>
        )}
      </PageHead>
      {retry.error && <Problem error={retry.error} />}
      {retry.done && (
        <p class="bar" role="status">
          {retry.done.skipped === null
            ? `Done again: ${retry.done.published} of ${retry.done.fetched} published.`
            : `Nothing was done: the run is ${retry.done.skipped === 'done' ? 'done' : 'going on elsewhere'}.`}
        </p>
      )}
      <Tabs parts={parts} current={isLog ? 'log' : 'run'} />
      {isLog ? (
        <RunLog pipeline={pipeline} run={run} />
      ) : (
        <Answered answer={answer} what={`run ${run}`} lines={10}>
          {(value) => <RunAccount pipeline={pipeline} found={value} />}
        </Answered>
      )}
    </>
  )
}
