/**
 * What is known of a run: its account hop by hop, its failure with the remedy, times, cursor, drift.
 */
import type { InferResponseType } from 'hono/client'
import type { RunHop } from '../../../operations/runs/run-hops.ts'
import type { api } from '../ask.ts'
import { count, duration, many } from '../format.ts'
import { Badge } from '../parts/badge.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Time } from '../parts/time.tsx'
import { Why } from '../parts/why.tsx'
import { hopKinds, tones } from './run-state.ts'

/** A run as the server answers it. */
export type FoundRun = InferResponseType<(typeof api.runs)[':pipeline'][':run']['$get'], 200>

/** The part of the page. */
export function RunAccount({ pipeline, found }: { pipeline: string; found: FoundRun }) {
  const { run, standing, verdict, hops, drift, remedy, tookMs } = found
  const { error } = standing
  return (
    <>
      {error && <Why code={error.code} message={error.message} remedy={remedy} />}
      <DataTable
        name="Account by hop"
        items={hops}
        keyOf={({ kind }) => kind}
        columns={[
          { head: 'Hop', cell: ({ kind }) => <b>{hopKinds[kind]}</b> },
          { head: 'State', cell: ({ state }) => <Badge tone={tones[state]}>{state.replace('-', ' ')}</Badge> },
          { head: 'Records', isFigure: true, cell: ({ records }) => (records === null ? '–' : count(records)) },
          { head: 'What', cell: ({ what }) => what },
          { head: 'See', cell: (hop) => <See hop={hop} pipeline={pipeline} found={found} /> },
        ]}
      />
      <h2>Facts</h2>
      <dl class="facts">
        <dt>Started</dt>
        <dd>
          <Time at={run.startedAt} withMs />
          {tookMs === null ? ', goes on' : `, ${run.attempts > 1 ? 'the latest attempt ' : ''}took ${duration(tookMs)}`}
        </dd>
        <dt>Of that</dt>
        <dd>
          {duration(run.fetchMs)} for the source, {duration(run.publishMs)} for Kafka
        </dd>
        <dt>Attempts</dt>
        <dd>
          {count(run.attempts)}
          {run.succeededAttempt !== null && run.attempts > 1 && `, number ${run.succeededAttempt} succeeded`}
        </dd>
        <dt>Asked for</dt>
        <dd>
          {many(run.limit, 'record')} at most{run.seed !== null && `, seed ${run.seed}`}
        </dd>
        <dt>Cursor before</dt>
        <dd>
          <Cursor value={run.cursorBefore} />
        </dd>
        <dt>Cursor after</dt>
        <dd>
          <Cursor value={run.cursorAfter} />
        </dd>
        {verdict && (
          <>
            <dt>Judged</dt>
            <dd>
              <Time at={verdict.seenAt} />, {many(verdict.account.duplicates, 'duplicate')}
            </dd>
          </>
        )}
      </dl>
      {drift.length > 0 && (
        <>
          <h2>Drift</h2>
          <pre class="json">{drift.join('\n')}</pre>
        </>
      )}
    </>
  )
}

function Cursor({ value }: { value: unknown }) {
  return value === null ? <span class="faint">none</span> : <code>{JSON.stringify(value)}</code>
}

/** Where the records of the hop are: those of the run, where a topic tells. */
function See({ hop: { kind, name }, pipeline, found }: { hop: RunHop; pipeline: string; found: FoundRun }) {
  const { id, startedAt } = found.run
  if (kind === 'fetch') return <a href={`/runs/${pipeline}/${encodeURIComponent(id)}?part=log`}>log</a>
  return (
    <>
      {name.split(', ').map((each, at) => (
        <span key={each}>
          {at > 0 && ', '}
          <a href={kind === 'write' ? `/tables/${each}` : recordsOf(each, id, startedAt)}>{each}</a>
        </span>
      ))}
    </>
  )
}

function recordsOf(topic: string, run: string, since: number): string {
  return `/topics/${topic}?from=time&at=${since}&text=${encodeURIComponent(`sluice-run=${run}`)}`
}
