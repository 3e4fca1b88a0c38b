/**
 * One job: how it is, what to do about its failure, its results, and what it counted.
 */
import { useState } from 'preact/hooks'
import { useRoute } from 'preact-iso'
import type { JobView } from '../../../operations/jobs/job-view.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { PageHead } from '../parts/page-head.tsx'
import { Answered } from '../parts/states.tsx'
import { Duration } from '../parts/time.tsx'
import { Why } from '../parts/why.tsx'
import { useNow } from '../shell/clock.ts'
import { Condition } from './condition.tsx'
import { Counts } from './counts.tsx'
import { NotRunning } from './jobs-page.tsx'
import { Results } from './results.tsx'
import { WantDialog, type Word } from './want-dialog.tsx'

/** A supervisor tells how its job is twice a second. */
const silenceMs = 10_000

/** The page. */
export function JobPage() {
  const { params } = useRoute()
  const job = params.job ?? ''
  const [word, setWord] = useState<Word | null>(null)
  const answer = useAnswer(`job ${job}`, () => answered(api.jobs[':job'].$get({ param: { job } })), 2_000)
  const found = answer.value
  const words: readonly Word[] = found ? (found.isWanted ? ['Restart', 'Stop'] : ['Start']) : []
  return (
    <>
      <PageHead title={job} up={['/jobs', 'Jobs']} lead={found && <Lead job={found} />}>
        {words.map((each) => (
          <button key={each} type="button" onClick={() => setWord(each)}>
            {each}
          </button>
        ))}
      </PageHead>
      <Answered answer={answer} what={`job ${job}`}>
        {(value) => (
          <>
            <Trouble job={value} />
            <Results key={job} job={value} />
            <Counts job={value} />
          </>
        )}
      </Answered>
      {word && (
        <WantDialog
          job={job}
          word={word}
          onClose={() => {
            setWord(null)
            answer.again()
          }}
        />
      )}
    </>
  )
}

function Lead({ job: { condition, pipeline, sources, window, outputMode } }: { job: JobView }) {
  return (
    <>
      <Condition of={condition} /> of <a href={`/#${pipeline}`}>{pipeline}</a>: counts{' '}
      {sources.map(({ topic }, at) => (
        <span key={topic}>
          {at > 0 && ', '}
          <a href={`/topics/${topic}`}>{topic}</a>
        </span>
      ))}{' '}
      by {window}; {outputMode === 'append' ? 'a row is final' : 'a row changes until its window is over'}
    </>
  )
}

/** What is wrong with it, if anything: why, since when, and what to do. */
function Trouble({ job: { condition, standing } }: { job: JobView }) {
  const now = useNow()
  if (condition === 'unsupervised') return <NotRunning>This job does not run now.</NotRunning>
  const failure = standing?.failure
  return (
    <>
      {condition !== 'resting' && standing && now - standing.at > silenceMs && (
        <p class="bar bar-stale" role="status">
          Nothing was heard of this job for <Duration since={standing.at} />: what you see is from before.
        </p>
      )}
      {condition === 'failing' && failure && (
        <Why code={failure.code} message={failure.message} remedy={failure.remedy} at={failure.at} />
      )}
    </>
  )
}
