/**
 * Dead letters by reason, of all topics or one: why each was given up, its record, and the way back.
 */

import { useState } from 'preact/hooks'
import { useLocation, useRoute } from 'preact-iso'
import type { DeadLetterGroup } from '../../../operations/dead-letters/dead-letter-groups.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count, many } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { LetterPage } from './letter.tsx'
import { LetterList } from './letter-list.tsx'
import { RedriveDialog, type Selection } from './redrive-dialog.tsx'

type OfTopic = {
  readonly topic: string
  readonly pipeline: string
  readonly deadLetters: string
  readonly parking: string
  readonly groups: readonly DeadLetterGroup[]
}

/** The page. `?open=partition:offset` shows one, `?code=` those of a code. */
export function DeadLettersPage() {
  const { params } = useRoute()
  const { query } = useLocation()
  const topic = params.topic?.replace(/\.dlt$/, '')
  const answer = useAnswer('dead letters', () => answered(api['dead-letters'].$get()), 3_000)
  const [, partition, offset] = /^(\d+):(\d+)$/.exec(query.open ?? '') ?? []
  if (topic && partition && offset) {
    return <LetterPage topic={topic} partition={partition} offset={offset} onRedriven={answer.again} />
  }
  return (
    <>
      <PageHead
        title={topic ? `${topic}.dlt` : 'Dead letters'}
        {...(topic ? { up: ['/dead-letters', 'Dead letters'] as const } : {})}
        lead="Records that could not be written, each with the reason. Mend the reason, then redrive: a redriven record goes through the pipeline again."
      />
      <Answered answer={answer} what="dead letters">
        {(topics) => {
          const shown = topics.filter((each) => topic === undefined || each.topic === topic)
          if (shown.every(({ groups }) => groups.length === 0)) {
            return (
              <Nothing title="Nothing was given up">Every record could be written or was filtered on purpose.</Nothing>
            )
          }
          return shown.map((each) => (
            <OfTopicSection key={each.topic} of={each} isAlone={topic !== undefined} again={answer.again} />
          ))
        }}
      </Answered>
    </>
  )
}

function OfTopicSection({ of, isAlone, again }: { of: OfTopic; isAlone: boolean; again: () => void }) {
  const { topic, deadLetters, parking, groups } = of
  const { query } = useLocation()
  const [selection, setSelection] = useState<Selection | null>(null)
  const waiting = groups.reduce((sum, { states }) => sum + states.waiting, 0)
  if (groups.length === 0) return null
  return (
    <section class="letters" aria-label={deadLetters}>
      <div class="letters-head">
        <div>
          <h2>{isAlone ? 'By reason' : <a href={`/dead-letters/${topic}`}>{deadLetters}</a>}</h2>
          <p class="faint">
            {waiting === 0 ? 'none waits' : many(waiting, 'waits', 'wait')} ·{' '}
            <a href={`/topics/${deadLetters}`}>as a topic</a> · <a href={`/topics/${parking}`}>parked for good</a>
          </p>
        </div>
        {waiting > 0 && (
          <button type="button" class="primary" onClick={() => setSelection({ all: true, code: null })}>
            Redrive all that wait
          </button>
        )}
      </div>
      <ol class="reasons">
        {groups.map((group) => (
          <Reason
            key={`${group.code} ${group.stage} ${group.reason}`}
            topic={topic}
            group={group}
            onRedrive={setSelection}
          />
        ))}
      </ol>
      {isAlone && <LetterList topic={topic} code={query.code ?? null} />}
      {selection && (
        <RedriveDialog
          topic={topic}
          selection={selection}
          onClose={() => {
            setSelection(null)
            again()
          }}
        />
      )}
    </section>
  )
}

function Reason(props: { topic: string; group: DeadLetterGroup; onRedrive: (selection: Selection) => void }) {
  const { topic, group, onRedrive } = props
  const { code, reason, stage, states, last, example } = group
  const { partition, offset } = example.position
  return (
    <li class="reason">
      <span class="reason-count">{count(states.waiting > 0 ? states.waiting : group.count)}</span>
      <div class="reason-words">
        <h3>
          <code class="code">{code}</code>
          {states.waiting > 0 ? <Badge tone="bad">waiting</Badge> : <Badge tone="calm">settled</Badge>}
        </h3>
        <p>{reason}</p>
        <p class="faint">
          given up by {stage}, last record of <Time at={last} />
          {(['redriven', 'parked', 'repeated'] as const).map((state) =>
            states[state] > 0 ? `, ${count(states[state])} ${state}` : '',
          )}
        </p>
      </div>
      <div class="reason-actions">
        <a class="button" href={`/dead-letters/${topic}?open=${partition}:${offset}`}>
          See one
        </a>
        <a class="button" href={`/dead-letters/${topic}?code=${code}`}>
          List
        </a>
        {states.waiting > 0 && (
          <button type="button" onClick={() => onRedrive({ all: true, code })}>
            Redrive
          </button>
        )}
      </div>
    </li>
  )
}
