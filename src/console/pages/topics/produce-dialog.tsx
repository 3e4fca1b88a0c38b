/**
 * Producing a record by hand: its value as JSON, checked against the schema before it is sent.
 */
import { useState } from 'preact/hooks'
import { answered } from '../../client.ts'
import { api, useAnswer, useChange } from '../ask.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Answered, Problem } from '../parts/states.tsx'

type Field = { readonly name: string; readonly type: string; readonly hasDefault: boolean }

/** The dialog. */
export function ProduceDialog({ topic, onClose }: { topic: string; onClose: () => void }) {
  const subject = `${topic}-value`
  const versions = useAnswer(subject, () => answered(api.subjects[':subject'].$get({ param: { subject } })))
  return (
    <Dialog title={`Produce a record onto ${topic}`} onClose={onClose} class="wide">
      <h2>Produce a record</h2>
      <p class="lead">
        Onto <code>{topic}</code>, as its schema wants it. It goes through the pipeline as any other, and belongs to no
        run.
      </p>
      <Answered answer={versions} what="the schema">
        {(found) => <Form topic={topic} fields={found.at(-1)?.fields ?? []} onClose={onClose} />}
      </Answered>
    </Dialog>
  )
}

function Form({ topic, fields, onClose }: { topic: string; fields: readonly Field[]; onClose: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(sampleOf(fields), null, 2))
  const [key, setKey] = useState('')
  const produce = useChange(async () => {
    const value = parse(text)
    return answered(
      api.topics[':topic'].records.$post({ param: { topic }, json: { key: key === '' ? null : key, value } }),
    )
  })
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    void produce.run()
  }
  if (produce.done) {
    const { partition, offset } = produce.done
    const to = `/topics/${topic}?from=offset&at=${offset}&partition=${partition}&open=${partition}:${offset}`
    return (
      <p role="status">
        It stands at{' '}
        <a href={to}>
          {topic}/{partition}/{offset}
        </a>
        .{' '}
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
    )
  }
  return (
    <form class="produce" onSubmit={onSubmit}>
      <label>
        <span>Key</span>
        <input
          value={key}
          placeholder="as the pipeline makes it from the value"
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
      </label>
      <label>
        <span>Value, as JSON</span>
        <textarea
          rows={16}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      {produce.error && <Problem error={produce.error} />}
      <div class="dialog-actions">
        <button type="button" class="quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="primary" disabled={produce.isRunning}>
          Produce
        </button>
      </div>
    </form>
  )
}

class NotJson extends Error {}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new NotJson(`The value is no JSON: ${(error as Error).message}`)
  }
}

/** A value with all fields, to begin from. */
function sampleOf(fields: readonly Field[]): Record<string, unknown> {
  const empty: Readonly<Record<string, unknown>> = { string: '', int: 0, long: 0, float: 0, double: 0, boolean: false }
  return Object.fromEntries(
    fields.map(({ name, type }) => [
      name,
      name === 'id' && type === 'string' ? crypto.randomUUID() : (empty[type] ?? null),
    ]),
  )
}
