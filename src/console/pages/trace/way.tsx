/**
 * The way of a record as a timeline, from its run to its rows or its dead letter.
 */
import type { ComponentChildren } from 'preact'
import { parsePosition } from '../../../core/headers.ts'
import type { TracedRecord } from '../../../operations/runs/trace.ts'
import type { TracedRow, TraceView } from '../../../operations/runs/trace-view.ts'
import { many } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { recordPath, runPath } from '../parts/paths.ts'
import { Time } from '../parts/time.tsx'

/** The timeline. */
export function Way({ trace }: { trace: TraceView }) {
  const { pipeline, recordId, run, value, source, processed, rows, deadLetters } = trace
  return (
    <ol class="way" aria-label={`The way of record ${recordId}`}>
      <Stop name="Fetched">
        <p>
          by run <a href={runPath(pipeline, run)}>{run}</a> of <a href={`/#${pipeline}`}>{pipeline}</a>
        </p>
        <dl class="facts">
          <dt>Value of the run</dt>
          <dd>{value ?? 'unknown'}</dd>
          <dt>Trace context</dt>
          <dd>
            <code>{trace.trace ?? 'unknown'}</code>
          </dd>
        </dl>
      </Stop>
      {source ? (
        <RecordStop name="Published" record={source} />
      ) : (
        <Stop name="Not on its topic" tone="warning">
          <p>It is a dead letter of the ingest, or past retention.</p>
        </Stop>
      )}
      {processed.map((record) => (
        <RecordStop key={record.position} name="Processed" record={record} />
      ))}
      {rows.map((row) => (
        <RowStop key={`${row.table} ${JSON.stringify(row.key)}`} row={row} />
      ))}
      {deadLetters.map(({ position, code, reason }) => (
        <Stop key={position} name="Dead letter" tone="bad">
          <p>
            <DeadLetterLink position={position} />: <code class="code">{code}</code> {reason}
          </p>
        </Stop>
      ))}
      {rows.length + deadLetters.length === 0 && (
        <Stop name="No row" tone="warning">
          <p>
            Filtered on purpose, on its way, or lost: the <a href={runPath(pipeline, run)}>run’s account</a> says which.
          </p>
        </Stop>
      )}
    </ol>
  )
}

type StopTone = 'good' | 'warning' | 'bad'

function Stop(props: { name: string; tone?: StopTone; children: ComponentChildren }) {
  const { name, tone = 'good', children } = props
  return (
    <li class={`stop stop-${tone}`}>
      <h2>{name}</h2>
      {children}
    </li>
  )
}

function RecordStop({ name, record }: { name: string; record: TracedRecord }) {
  const { position, schemaId, timestamp, batches } = record
  const at = parsePosition(position)
  return (
    <Stop name={name}>
      <p>
        as {at ? <a href={recordPath(at)}>{position}</a> : position}, <Time at={timestamp} withMs />
      </p>
      <dl class="facts">
        <dt>Schema id</dt>
        <dd>
          {schemaId === null ? 'none' : at ? <a href={`/subjects/${at.topic}-value`}>{String(schemaId)}</a> : schemaId}
        </dd>
        {batches.length === 0 && (
          <>
            <dt>Batch</dt>
            <dd>unknown: no log of a function names it yet</dd>
          </>
        )}
        {batches.map((batch) => (
          <>
            <dt key={`${batch.requestId} name`}>Batch</dt>
            <dd key={batch.requestId}>
              {many(batch.records, 'record')} in <code>{batch.functionName}</code>, request{' '}
              <code>{batch.requestId}</code>, <Time at={Date.parse(batch.at)} withMs />
              {batch.failed > 0 && <b class="is-bad">, {batch.failed} failed</b>}
            </dd>
          </>
        ))}
      </dl>
    </Stop>
  )
}

function RowStop({ row: { table, key, isPresent, partition } }: { row: TracedRow }) {
  const to = `/tables/${table}${partition ? `?key=${encodeURIComponent(JSON.stringify(partition))}` : ''}`
  return (
    <Stop name="Row" tone={isPresent ? 'good' : 'bad'}>
      <p>
        in <a href={to}>{table}</a> {isPresent ? <Badge tone="good">there</Badge> : <Badge tone="bad">not there</Badge>}
      </p>
      <dl class="facts">
        {key.map(([column, text]) => (
          <>
            <dt key={`${column} name`}>{column}</dt>
            <dd key={column}>
              <code>{text}</code>
            </dd>
          </>
        ))}
      </dl>
    </Stop>
  )
}

function DeadLetterLink({ position }: { position: string }) {
  const at = parsePosition(position)
  if (!at) return <>{position}</>
  const topic = at.topic.replace(/\.dlt$/, '')
  return <a href={`/dead-letters/${topic}?open=${at.partition}:${at.offset}`}>{position}</a>
}
