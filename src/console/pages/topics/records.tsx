/**
 * The records of a topic: a page by offset, time or filter, or live as they come.
 */

import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import type { RecordView } from '../../../operations/topics/record-view.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { count, many } from '../format.ts'
import { Answered, Nothing } from '../parts/states.tsx'
import { localTime, timeOf } from '../parts/time.tsx'
import { RecordDetail } from './record-detail.tsx'
import { RecordList } from './record-list.tsx'
import { useTail } from './tail.ts'

const pageSize = 100

type Query = Readonly<Record<string, string>>

/** The part of the page; all of what it shows is in its link. */
export function Records({ topic, partitions }: { topic: string; partitions: number }) {
  const { query, path, route } = useLocation()
  const set = (changes: Query, replaces = false) => {
    const next = new URLSearchParams(Object.entries({ ...query, ...changes }).filter(([, value]) => value !== ''))
    route(`${path}${next.size > 0 ? `?${next}` : ''}`, replaces)
  }
  const isLive = query.from === 'live'
  return (
    <>
      <Filters
        key={JSON.stringify([query.from, query.at, query.partition, query.key, query.text])}
        query={query}
        partitions={partitions}
        set={set}
      />
      {isLive ? (
        <LiveRecords topic={topic} query={query} set={set} />
      ) : (
        <PageOfRecords topic={topic} query={query} set={set} />
      )}
    </>
  )
}

function Filters(props: { query: Query; partitions: number; set: (changes: Query) => void }) {
  const { query, partitions, set } = props
  const [from, setFrom] = useState(fieldOf(query.from))
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const at = from === 'time' ? timeOf(text('time')) : from === 'offset' ? text('offset') : ''
    set({
      from: from === 'newest' ? '' : from,
      at,
      partition: text('partition'),
      key: text('key'),
      text: text('text'),
      open: '',
    })
  }
  return (
    <form class="filters" onSubmit={onSubmit} aria-label="Which records">
      <label>
        <span>From</span>
        <select name="from" value={from} onChange={({ currentTarget }) => setFrom(currentTarget.value)}>
          <option value="newest">the newest, backwards</option>
          <option value="oldest">the oldest</option>
          <option value="offset">an offset</option>
          <option value="time">a time</option>
          <option value="live">now on, live</option>
        </select>
      </label>
      {from === 'offset' && (
        <label>
          <span>Offset</span>
          <input name="offset" inputMode="numeric" pattern="\d*" required defaultValue={query.at} />
        </label>
      )}
      {from === 'time' && (
        <label>
          <span>Time</span>
          <input name="time" type="datetime-local" step="1" required defaultValue={localTime(query.at)} />
        </label>
      )}
      <label>
        <span>Partition</span>
        <select name="partition" defaultValue={query.partition ?? ''}>
          <option value="">all</option>
          {Array.from({ length: partitions }, (_, at) => (
            <option key={at} value={at} selected={query.partition === String(at)}>
              {at}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Key holds</span>
        <input name="key" defaultValue={query.key} />
      </label>
      <label>
        <span>Text holds</span>
        <input name="text" defaultValue={query.text} />
      </label>
      <button type="submit">Show</button>
    </form>
  )
}

function fieldOf(from: string | undefined): string {
  return from === undefined || from === 'before' ? 'newest' : from === 'after' ? 'oldest' : from
}

type PartProps = { topic: string; query: Query; set: (changes: Query, replaces?: boolean) => void }

function PageOfRecords({ topic, query, set }: PartProps) {
  const { from = 'newest', at = '', partition, key = '', text = '' } = query
  const asked = { from, at, key, text, limit: String(pageSize), ...(partition ? { partition } : {}) }
  const answer = useAnswer(JSON.stringify([topic, asked]), () =>
    answered(api.topics[':topic'].records.$get({ param: { topic }, query: asked })),
  )
  return (
    <Answered answer={answer} what="records" lines={10}>
      {({ records, scanned, next, direction }) => (
        <>
          <div class="records-head">
            <p class="faint" role="status">
              {many(records.length, 'record')} of {count(scanned)} looked at
            </p>
            <span class="records-pages">
              {(from === 'before' || from === 'after') && (
                <button
                  type="button"
                  onClick={() => set({ from: from === 'before' ? '' : 'oldest', at: '', open: '' })}
                >
                  {from === 'before' ? 'Newest' : 'Oldest'}
                </button>
              )}
              <button type="button" disabled={answer.isLoading} onClick={answer.again}>
                Again
              </button>
              <button
                type="button"
                disabled={next === null}
                onClick={() =>
                  next && set({ from: direction === 'backwards' ? 'before' : 'after', at: next, open: '' })
                }
              >
                {direction === 'backwards' ? 'Older' : 'Later'}
              </button>
            </span>
          </div>
          {records.length === 0 ? (
            <Nothing title={key || text ? 'No record matches' : 'No record is here'}>
              {next === null
                ? key || text
                  ? 'All of the topic was looked at. What is masked is not searched.'
                  : 'The topic, or this part of it, is empty.'
                : 'There is more to look at: go on.'}
            </Nothing>
          ) : (
            <WithDetail topic={topic} records={records} query={query} set={set} />
          )}
        </>
      )}
    </Answered>
  )
}

function LiveRecords({ topic, query, set }: PartProps) {
  const { records, seen, isPaused, setPaused, error } = useTail(topic)
  const { key = '', text = '' } = query
  const matching = key || text ? records.filter((record) => matches(record, key, text.toLowerCase())) : records
  return (
    <>
      <div class="records-head">
        <p class="faint" role="status">
          {error ? 'The stream is lost, and asked for again.' : isPaused ? 'Held.' : 'Live.'} {many(seen, 'record')}{' '}
          came in
          {seen > records.length && `, the latest ${count(records.length)} are kept`}
        </p>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Hold'}
        </button>
      </div>
      {matching.length === 0 ? (
        <Nothing title="Waiting for records">They are shown as they come in.</Nothing>
      ) : (
        <WithDetail topic={topic} records={matching} query={query} set={set} />
      )}
    </>
  )
}

function matches({ key, value }: RecordView, wantedKey: string, text: string): boolean {
  return (key ?? '').includes(wantedKey) && (text === '' || JSON.stringify(value).toLowerCase().includes(text))
}

/** The list with the record that the link opens, which stays where it is as others come in. */
function WithDetail({ records, query, set }: PartProps & { records: readonly RecordView[] }) {
  const found = records.find((record) => `${record.partition}:${record.offset}` === query.open)
  const [kept, setKept] = useState<RecordView | null>(null)
  useEffect(() => {
    if (found) setKept(found)
  }, [found])
  const open = query.open ? (found ?? (kept && `${kept.partition}:${kept.offset}` === query.open ? kept : null)) : null
  return (
    <div class={open ? 'split is-open' : 'split'}>
      <RecordList records={records} open={query.open ?? null} onOpen={(id) => set({ open: id }, true)} />
      {open && <RecordDetail key={query.open} record={open} onClose={() => set({ open: '' }, true)} />}
    </div>
  )
}
