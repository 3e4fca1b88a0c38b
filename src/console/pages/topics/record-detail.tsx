/**
 * One record whole: where it is, its headers, its value; what is masked can be revealed, which the audit log tells.
 */
import { Fragment } from 'preact'
import type { RecordView } from '../../../operations/topics/record-view.ts'
import { answered } from '../../client.ts'
import { api, useChange } from '../ask.ts'
import { bytes } from '../format.ts'
import { JsonView } from '../parts/json-view.tsx'
import { Problem } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'

/** The record; without `onClose` it cannot be closed. */
export function RecordDetail({ record, onClose }: { record: RecordView; onClose?: () => void }) {
  const { topic, partition, offset } = record
  const reveal = useChange(() =>
    answered(api.topics[':topic'].reveal.$post({ param: { topic }, json: { partition, offset } })),
  )
  const shown = reveal.done ?? record
  const { key, value, timestamp, schemaId, headers } = shown
  return (
    <section class="record" aria-label={`Record ${partition}/${offset}`}>
      <div class="record-head">
        <h2>
          {topic}/{partition}/{offset}
        </h2>
        {onClose && (
          <button type="button" class="quiet" onClick={onClose} aria-label="Close the record">
            Close
          </button>
        )}
      </div>
      <dl class="facts">
        <dt>Time</dt>
        <dd>
          <Time at={timestamp} withMs />
        </dd>
        <dt>Key</dt>
        <dd>
          <code>{key ?? 'none'}</code>
        </dd>
        <dt>Schema id</dt>
        <dd>{schemaId === null ? 'none: the value is in no wire format' : String(schemaId)}</dd>
        <dt>Size</dt>
        <dd>{bytes(shown.bytes)}</dd>
      </dl>
      <div class="record-part">
        <h3>Value</h3>
        {isMasked(value) && (
          <span class="reveal">
            <span class="faint">personal data is masked</span>
            <button type="button" disabled={reveal.isRunning} onClick={() => reveal.run()}>
              Reveal
            </button>
          </span>
        )}
        {reveal.done && <span class="faint">revealed, which the audit log tells</span>}
      </div>
      {reveal.error && <Problem error={reveal.error} />}
      <ValueOf value={value} />
      <h3>Headers</h3>
      {headers.length === 0 ? (
        <p class="faint">none</p>
      ) : (
        <dl class="facts headers">
          {headers.map(([name, text]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{text}</code>
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
    </section>
  )
}

function isMasked(value: RecordView['value']): boolean {
  return value.kind === 'hidden' || (value.kind === 'decoded' && value.masked.length > 0)
}

function ValueOf({ value }: { value: RecordView['value'] }) {
  switch (value.kind) {
    case 'none':
      return <p class="faint">none</p>
    case 'decoded':
      return <JsonView value={value.value} masked={value.masked} />
    case 'hidden':
      return <p>{value.problem}. Its bytes are hidden, as this topic holds personal data.</p>
    case 'text':
      return (
        <>
          <p>{value.problem}. Its bytes:</p>
          <pre class="json hex">{value.text}</pre>
        </>
      )
  }
}
