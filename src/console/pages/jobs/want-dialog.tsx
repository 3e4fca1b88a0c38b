/**
 * An operator's word on a job, asked for once more before it is given.
 */
import { answered } from '../../client.ts'
import { api, useChange } from '../ask.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Problem } from '../parts/states.tsx'

/** What can be wanted of a job. */
export type Word = 'Restart' | 'Start' | 'Stop'

const consequences: Readonly<Record<Word, string>> = {
  Restart:
    'Its query ends and begins again from its checkpoint, with SQL and schemas as they are now. Nothing is lost.',
  Start: 'Its query goes on from its checkpoint: what waited in Kafka is counted now.',
  Stop: 'Its query ends. Its checkpoint and results stay, and records wait in Kafka. It stops until it is started again, also over a new start of the environment.',
}

/** The dialog. */
export function WantDialog({ job, word, onClose }: { job: string; word: Word; onClose: () => void }) {
  const want = useChange(() =>
    answered(api.jobs[':job'].want.$post({ param: { job }, json: { isWanted: word !== 'Stop' } })),
  )
  return (
    <Dialog title={`${word} ${job}`} onClose={onClose}>
      <h2>
        {word} {job}?
      </h2>
      <p class="lead" role="status">
        {want.done ? takenOn(word, want.done.isTakenOn) : consequences[word]}
      </p>
      {want.error && <Problem error={want.error} />}
      <div class="dialog-actions">
        <button type="button" class="quiet" onClick={onClose}>
          {want.done ? 'Close' : 'Cancel'}
        </button>
        {!want.done && (
          <button type="button" class="primary" disabled={want.isRunning} onClick={() => want.run()}>
            {want.isRunning ? 'Waiting for the job' : word}
          </button>
        )}
      </div>
    </Dialog>
  )
}

function takenOn(word: Word, isTakenOn: boolean | null): string {
  if (isTakenOn === null) return 'Nobody runs jobs now. The next start of the environment holds to it.'
  if (isTakenOn) return word === 'Stop' ? 'It has stopped.' : 'It runs.'
  return 'It is noted, but was not so within 60 s: its page says how it is.'
}
