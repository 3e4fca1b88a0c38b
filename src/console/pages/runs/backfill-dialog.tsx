/**
 * Backfill: first which runs there would be, then making them.
 */
import { useState } from 'preact/hooks'
import type { BackfillChoice } from '../../../operations/runs/backfill.ts'
import { answered } from '../../client.ts'
import { api, useChange } from '../ask.ts'
import { count, many } from '../format.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Problem } from '../parts/states.tsx'
import { localTime, Time, timeOf } from '../parts/time.tsx'

const choices: Readonly<Record<BackfillChoice, string>> = {
  missing: 'without a run',
  failed: 'whose runs all failed',
  all: 'all, done ones again',
}
const reasons = { missing: 'new', failed: 'again, as it failed', asked: 'again' } as const

type Asked = { readonly from: number; readonly to: number; readonly choice: BackfillChoice }

/** The dialog. What was planned is what is done: another choice needs another plan. */
export function BackfillDialog({ pipeline, onClose }: { pipeline: string; onClose: () => void }) {
  const [planned, setPlanned] = useState<Asked | null>(null)
  const send = (asked: Asked, isDryRun: boolean) =>
    answered(api.pipelines[':pipeline'].backfill.$post({ param: { pipeline }, json: { ...asked, isDryRun } }))
  const plan = useChange((asked: Asked) => send(asked, true))
  const fill = useChange((asked: Asked) => send(asked, false))
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '')
    const asked = {
      from: Number(timeOf(text('from'))),
      to: Number(timeOf(text('to'))) || Date.now(),
      choice: text('choice') as BackfillChoice,
    }
    setPlanned(asked)
    void plan.run(asked)
  }
  const onChange = () => {
    setPlanned(null)
    plan.reset()
  }
  const found = planned && plan.done
  return (
    <Dialog title={`Backfill ${pipeline}`} onClose={onClose} class="wide">
      <h2>Backfill {pipeline}</h2>
      {fill.done ? (
        <Done result={fill.done} />
      ) : (
        <>
          <form class="filters backfill" onSubmit={onSubmit} onInput={onChange}>
            <label>
              <span>Times of the schedule from</span>
              <input
                name="from"
                type="datetime-local"
                step="1"
                required
                defaultValue={localTime(String(Date.now() - 3_600_000))}
              />
            </label>
            <label>
              <span>to, not included (now if empty)</span>
              <input name="to" type="datetime-local" step="1" />
            </label>
            <label>
              <span>Which times</span>
              <select name="choice">
                {Object.entries(choices).map(([choice, words]) => (
                  <option key={choice} value={choice}>
                    {words}
                  </option>
                ))}
              </select>
            </label>
            <button type="submit" disabled={plan.isRunning || fill.isRunning}>
              Plan
            </button>
          </form>
          {plan.error && <Problem error={plan.error} />}
          {found && (
            <>
              <p role="status">
                {found.count === 0
                  ? 'There is nothing to do for these times.'
                  : `Nothing is done yet. ${many(found.count, 'run')} would be made, oldest first:`}
              </p>
              <ol class="steps">
                {found.runs.map(({ run, at, because }) => (
                  <li key={run}>
                    <code>{run}</code> <Time at={at} />: <span class="faint">{reasons[because]}</span>
                  </li>
                ))}
                {found.count > found.runs.length && <li>and {count(found.count - found.runs.length)} more</li>}
              </ol>
            </>
          )}
        </>
      )}
      {fill.error && <Problem error={fill.error} />}
      <div class="dialog-actions">
        <button type="button" class="quiet" onClick={onClose}>
          {fill.done ? 'Close' : 'Cancel'}
        </button>
        {!fill.done && found && found.count > 0 && (
          <button type="button" class="primary" disabled={fill.isRunning} onClick={() => planned && fill.run(planned)}>
            {fill.isRunning ? 'Running' : `Make ${many(found.count, 'run')}`}
          </button>
        )}
      </div>
    </Dialog>
  )
}

function Done({ result }: { result: { done: number; failed: { run: string; error: string | null }[] } }) {
  const { done, failed } = result
  return (
    <>
      <p role="status">
        {many(done - failed.length, 'run was', 'runs were')} made
        {failed.length > 0 && `, ${count(failed.length)} failed`}.
      </p>
      <ol class="steps">
        {failed.map(({ run, error }) => (
          <li key={run}>
            <code>{run}</code> {error}
          </li>
        ))}
      </ol>
    </>
  )
}
