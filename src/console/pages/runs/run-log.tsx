/**
 * What the functions of a pipeline logged about a run.
 */
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { many } from '../format.ts'
import { Answered, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'

/** The part of the page. */
export function RunLog({ pipeline, run }: { pipeline: string; run: string }) {
  const param = { pipeline, run }
  const answer = useAnswer(`log ${pipeline} ${run}`, () => answered(api.runs[':pipeline'][':run'].log.$get({ param })))
  return (
    <Answered answer={answer} what="the log" lines={10}>
      {(lines) =>
        lines.length === 0 ? (
          <Nothing title="No function has logged anything about it">
            A log says something a second or two after it happened.
          </Nothing>
        ) : (
          <>
            <div class="records-head">
              <p class="faint">{many(lines.length, 'line')}</p>
              <button type="button" disabled={answer.isLoading} onClick={answer.again}>
                Again
              </button>
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys. */}
            <ol class="log" tabIndex={0} aria-label="Log">
              {lines.map(({ id, at, functionName, level, message, fields }) => (
                <li key={id} class={`log-${level.toLowerCase()}`}>
                  <Time at={at} withMs /> <span class="log-function">{functionName}</span> {level && <b>{level}</b>}{' '}
                  {message}{' '}
                  {fields.map(([name, text]) => (
                    <span key={name} class="log-field">
                      {name}={text}
                    </span>
                  ))}
                </li>
              ))}
            </ol>
          </>
        )
      }
    </Answered>
  )
}
