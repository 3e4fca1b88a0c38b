/**
 * Redriving: first what would happen, record by record, then doing it.
 */
import { answered } from '../../client.ts'
import { api, useAnswer, useChange } from '../ask.ts'
import { count, many } from '../format.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Answered, Problem } from '../parts/states.tsx'

/** Which dead letters. */
export type Selection =
  | { readonly partition: number; readonly offset: number }
  | { readonly all: true; readonly code: string | null }

const words = {
  redrive: 'go back to their topic',
  park: 'are parked, as they were redriven in vain',
  skip: 'are skipped',
  refuse: 'cannot be redriven',
} as const

type Action = keyof typeof words

/** The dialog: it begins with the dry run. */
export function RedriveDialog({
  topic,
  selection,
  onClose,
}: {
  topic: string
  selection: Selection
  onClose: () => void
}) {
  const send = (isDryRun: boolean) =>
    answered(api['dead-letters'][':topic'].redrive.$post({ param: { topic }, json: { selection, isDryRun } }))
  const plan = useAnswer(`plan ${topic} ${JSON.stringify(selection)}`, () => send(true))
  const redrive = useChange(() => send(false))
  return (
    <Dialog title="Redrive" onClose={onClose} class="wide">
      <h2>Redrive</h2>
      {redrive.done ? (
        <p role="status">
          {many(redrive.done.sent ?? 0, 'record was', 'records were')} sent. The pipeline takes it from here.
        </p>
      ) : (
        <Answered answer={plan} what="what would happen">
          {({ counts, steps }) => (
            <>
              <p class="lead">Nothing is sent yet. This is what would happen:</p>
              <ul class="plan">
                {(Object.keys(words) as Action[]).map(
                  (action) =>
                    counts[action] > 0 && (
                      <li key={action}>
                        <b>{count(counts[action])}</b> {words[action]}
                      </li>
                    ),
                )}
                {steps.length === 0 && <li>Nothing: there is no such dead letter.</li>}
              </ul>
              <ol class="steps">
                {steps.map(({ letter, action, reason }) => (
                  <li key={`${letter.position.partition}/${letter.position.offset}`}>
                    <code>
                      {letter.position.partition}/{letter.position.offset}
                    </code>{' '}
                    {action}: <span class="faint">{reason}</span>
                  </li>
                ))}
              </ol>
            </>
          )}
        </Answered>
      )}
      {redrive.error && <Problem error={redrive.error} />}
      <div class="dialog-actions">
        <button type="button" class="quiet" onClick={onClose}>
          {redrive.done ? 'Close' : 'Cancel'}
        </button>
        {!redrive.done && plan.value && plan.value.counts.redrive + plan.value.counts.park > 0 && (
          <button type="button" class="primary" disabled={redrive.isRunning} onClick={() => redrive.run()}>
            Send {count(plan.value.counts.redrive + plan.value.counts.park)}
          </button>
        )}
      </div>
    </Dialog>
  )
}
