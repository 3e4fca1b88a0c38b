/**
 * The dead letters of a topic, newest first.
 */
import type { DeadLetter, DeadLetterState } from '../../../operations/dead-letters/dead-letter.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { bytes, count, many } from '../format.ts'
import { Badge, type Tone } from '../parts/badge.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Answered } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'

const tones: Readonly<Record<DeadLetterState, Tone>> = {
  waiting: 'bad',
  redriven: 'good',
  parked: 'warning',
  repeated: 'calm',
}

/** The list; of one code where that is given. */
export function LetterList({ topic, code }: { topic: string; code: string | null }) {
  const answer = useAnswer(
    `letters ${topic} ${code}`,
    () => answered(api['dead-letters'][':topic'].$get({ param: { topic }, query: { ...(code ? { code } : {}) } })),
    3_000,
  )
  return (
    <Answered answer={answer} what="dead letters">
      {({ count: all, letters }) => (
        <>
          <p class="faint">
            {code ? (
              <>
                {many(all, 'dead letter')} with {code} · <a href={`/dead-letters/${topic}`}>all</a>
              </>
            ) : (
              many(all, 'dead letter')
            )}
            {letters.length < all && `, the latest ${count(letters.length)} are shown`}
          </p>
          <DataTable
            name="Dead letters"
            items={letters}
            keyOf={({ position }) => `${position.partition}:${position.offset}`}
            columns={[
              { head: 'Dead letter', cell: (letter) => <LinkTo topic={topic} letter={letter} /> },
              { head: 'State', cell: ({ state }) => <Badge tone={tones[state]}>{state}</Badge> },
              { head: 'Code', cell: (letter) => <code class="code">{letter.code}</code> },
              { head: 'Reason', cell: ({ reason }) => <span class="sentence">{reason}</span> },
              {
                head: 'Record',
                cell: ({ origin }) => (origin ? `${origin.topic}/${origin.partition}/${origin.offset}` : 'none'),
              },
              { head: 'Time', cell: ({ timestamp }) => <Time at={timestamp} /> },
              { head: 'Size', isFigure: true, cell: (letter) => bytes(letter.bytes) },
            ]}
          />
        </>
      )}
    </Answered>
  )
}

function LinkTo({ topic, letter: { position } }: { topic: string; letter: DeadLetter }) {
  const { partition, offset } = position
  return (
    <a href={`/dead-letters/${topic}?open=${partition}:${offset}`}>
      {partition}/{offset}
    </a>
  )
}
