/**
 * One dead letter: why it is one, where its record came from, the record itself, and the way back.
 */
import { useState } from 'preact/hooks'
import { formatPosition, type RecordPosition } from '../../../core/headers.ts'
import type { DeadLetter } from '../../../operations/dead-letters/dead-letter.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { Badge } from '../parts/badge.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { recordPath } from '../parts/paths.ts'
import { Answered } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { RecordDetail } from '../topics/record-detail.tsx'
import { RedriveDialog } from './redrive-dialog.tsx'

/** The page. */
export function LetterPage(props: { topic: string; partition: string; offset: string; onRedriven: () => void }) {
  const { topic, partition, offset, onRedriven } = props
  const [isRedriving, setRedriving] = useState(false)
  const param = { topic, partition, offset }
  const answer = useAnswer(`letter ${topic} ${partition} ${offset}`, () =>
    answered(api['dead-letters'][':topic'][':partition{\\d+}'][':offset{\\d+}'].$get({ param })),
  )
  const state = answer.value?.letter.state
  return (
    <>
      <PageHead title={`Dead letter ${partition}/${offset}`} up={[`/dead-letters/${topic}`, `${topic}.dlt`]}>
        {state === 'waiting' && (
          <button type="button" class="primary" onClick={() => setRedriving(true)}>
            Redrive it
          </button>
        )}
      </PageHead>
      <Answered answer={answer} what="the dead letter" lines={10}>
        {({ letter, record }) => (
          <>
            <Why letter={letter} />
            <RecordDetail record={record} />
          </>
        )}
      </Answered>
      {isRedriving && (
        <RedriveDialog
          topic={topic}
          selection={{ partition: Number(partition), offset: Number(offset) }}
          onClose={() => {
            setRedriving(false)
            onRedriven()
            answer.again()
          }}
        />
      )}
    </>
  )
}

function Why({ letter: { code, reason, stage, origin, timestamp, redrives, state, sentTo } }: { letter: DeadLetter }) {
  return (
    <div class="why">
      <p class="why-reason">{reason}</p>
      <dl class="facts">
        <dt>Code</dt>
        <dd>
          <code class="code">{code}</code>
        </dd>
        <dt>State</dt>
        <dd>
          <Badge tone={state === 'waiting' ? 'bad' : 'calm'}>{state}</Badge>
          {sentTo && (
            <>
              {' as '}
              <LinkTo position={sentTo} />
            </>
          )}
        </dd>
        <dt>Given up by</dt>
        <dd>{stage}</dd>
        <dt>Record given up</dt>
        <dd>{origin ? <LinkTo position={origin} /> : 'none: a fetched value that never was a record'}</dd>
        <dt>Time of the record</dt>
        <dd>
          <Time at={timestamp} />
        </dd>
        <dt>Redriven before</dt>
        <dd>{redrives === 0 ? 'never' : `${redrives} times`}</dd>
      </dl>
    </div>
  )
}

function LinkTo({ position }: { position: RecordPosition }) {
  return <a href={recordPath(position)}>{formatPosition(position)}</a>
}
