/**
 * What a search finds: names, and ids of runs, records and rows. Pure.
 */

import { parsePosition } from '../../../core/headers.ts'
import { runTime } from '../../../core/ledger.ts'
import { recordPath, runPath } from '../parts/paths.ts'

/** The names that there are, by kind. */
export type Names = Readonly<
  Record<'pipelines' | 'topics' | 'tables' | 'ledgerTables' | 'subjects' | 'eventSources' | 'jobs', readonly string[]>
>

/** Something that was found, and where it is. */
export type Target = { readonly kind: string; readonly name: string; readonly to: string }

/** A run of that id, as the server knows it. */
export type NamedRun = { readonly pipeline: string; readonly state: string }

const most = 12

/** The id of a run that a text is; null for any other. */
export function runIdIn(text: string): string | null {
  return runTime(text.trim()) === null ? null : text.trim()
}

/**
 * What a text finds: names that hold all its words, and, if it is one, the record, row or run that it names; `runs` are
 * those of the id that it is.
 */
export function findTargets(text: string, names: Names, runs: readonly NamedRun[] = []): Target[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = targetsOf(names).filter(({ kind, name }) => {
    const all = `${kind} ${name}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
  const run = runIdIn(text)
  const named =
    run === null
      ? []
      : runs.map(({ pipeline, state }) => ({
          kind: `run, ${state}`,
          name: `${run} of ${pipeline}`,
          to: runPath(pipeline, run),
        }))
  return [...named, ...idTargets(text.trim(), names), ...found].slice(0, most)
}

function targetsOf({ pipelines, topics, tables, subjects, eventSources, jobs }: Names): Target[] {
  const of = (kind: string, list: readonly string[], to: (name: string) => string) =>
    list.map((name) => ({ kind, name, to: to(name) }))
  return [
    ...of('pipeline', pipelines, (name) => `/#${name}`),
    ...of('topic', topics, (name) => `/topics/${name}`),
    ...of('table', tables, (name) => `/tables/${name}`),
    ...of('event source', eventSources, (name) => `/event-sources/${name}`),
    ...of('job', jobs, (name) => `/jobs/${name}`),
    ...of('subject', subjects, (name) => `/subjects/${name}`),
    ...of('runs of', pipelines, (name) => `/runs/${name}`),
    ...of('page', ['Flow'], () => '/'),
    ...of('page', ['Runs'], () => '/runs'),
    ...of('page', ['Jobs'], () => '/jobs'),
    ...of('page', ['Trace'], () => '/trace'),
    ...of('page', ['Dead letters'], () => '/dead-letters'),
  ]
}

/** `topic/partition/offset` is a record; a UUID can be the key of a row or of a record; an id has no spaces, but digits. */
function idTargets(text: string, { topics, tables, ledgerTables }: Names): Target[] {
  const at = parsePosition(text)
  if (at && topics.includes(at.topic)) {
    return [{ kind: 'record', name: text, to: recordPath(at) }]
  }
  if (!/^(?=.*\d)[^\s/]{8,200}$/.test(text) || runIdIn(text) !== null) return []
  const way = { kind: 'trace record', name: text, to: `/trace?id=${encodeURIComponent(text)}` }
  if (!/^[0-9a-f-]{36}$/i.test(text)) return [way]
  const key = encodeURIComponent(JSON.stringify([text]))
  const rows = tables.filter((name) => !ledgerTables.includes(name))
  return [
    way,
    ...rows.map((name) => ({ kind: 'row of', name, to: `/tables/${name}?key=${key}` })),
    ...topics
      .filter((name) => !/\.(dlt|parked)$/.test(name))
      .map((name) => ({ kind: 'records in', name, to: `/topics/${name}?key=${encodeURIComponent(text)}` })),
  ]
}
