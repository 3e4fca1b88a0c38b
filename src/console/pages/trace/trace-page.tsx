/**
 * Trace: the whole way of one record, by its id.
 */
import { useLocation } from 'preact-iso'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Nothing } from '../parts/states.tsx'
import { Way } from './way.tsx'

/** The page; `?id=` is the record, `?run=` the run, the latest that published it unless given. */
export function TracePage() {
  const { query, path, route } = useLocation()
  const { id = '', run = '' } = query
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = [...form].map(([name, value]): [string, string] => [name, String(value).trim()])
    route(`${path}?${new URLSearchParams(given.filter(([, value]) => value !== ''))}`)
  }
  return (
    <>
      <PageHead
        title="Trace"
        lead="The whole way of a record, by its id: the run that fetched it, where it stood, the batches that held it, its rows or its dead letter."
      />
      <form class="filters" key={`${id} ${run}`} onSubmit={onSubmit} aria-label="Which record">
        <label class="wide-label">
          <span>Id of the record</span>
          <input name="id" required class="wide-input" defaultValue={id} spellcheck={false} autocomplete="off" />
        </label>
        <label>
          <span>Run (the latest if empty)</span>
          <input name="run" defaultValue={run} spellcheck={false} autocomplete="off" />
        </label>
        <button type="submit" class="primary">
          Trace
        </button>
      </form>
      {id === '' ? (
        <Nothing title="Which record?">
          The id is what its source calls it: for a user, the column <code>id</code> of <code>created_users</code>.
        </Nothing>
      ) : (
        <Found key={`${id} ${run}`} id={id} run={run} />
      )}
    </>
  )
}

function Found({ id, run }: { id: string; run: string }) {
  const answer = useAnswer(`trace ${id} ${run}`, () =>
    answered(api.trace[':record'].$get({ param: { record: id }, query: run ? { run } : {} })),
  )
  return (
    <Answered answer={answer} what="the record’s way" lines={10}>
      {(trace) => <Way trace={trace} />}
    </Answered>
  )
}
