/**
 * What a search finds: names, and ids of records and rows. Pure.
 */

/** The names that there are, by kind. */
export type Names = Readonly<Record<'pipelines' | 'topics' | 'tables' | 'subjects' | 'eventSources', readonly string[]>>

/** Something that was found, and where it is. */
export type Target = { readonly kind: string; readonly name: string; readonly to: string }

const most = 12

/** What a text finds: names that hold all its words, and, if it is one, the record or row that it names. */
export function findTargets(text: string, names: Names): Target[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = targetsOf(names).filter(({ kind, name }) => {
    const all = `${kind} ${name}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
  return [...idTargets(text.trim(), names), ...found].slice(0, most)
}

function targetsOf({ pipelines, topics, tables, subjects, eventSources }: Names): Target[] {
  const of = (kind: string, list: readonly string[], to: (name: string) => string) =>
    list.map((name) => ({ kind, name, to: to(name) }))
  return [
    ...of('pipeline', pipelines, (name) => `/#${name}`),
    ...of('topic', topics, (name) => `/topics/${name}`),
    ...of('table', tables, (name) => `/tables/${name}`),
    ...of('event source', eventSources, (name) => `/event-sources/${name}`),
    ...of('subject', subjects, (name) => `/subjects/${name}`),
    ...of('page', ['Flow'], () => '/'),
    ...of('page', ['Dead letters'], () => '/dead-letters'),
  ]
}

/** `topic/partition/offset` is a record; a UUID can be the key of a row or of a record. */
function idTargets(text: string, { topics, tables }: Names): Target[] {
  const [, topic, partition, offset] = /^([\w.-]+)\/(\d+)\/(\d+)$/.exec(text) ?? []
  if (topic && topics.includes(topic)) {
    return [
      {
        kind: 'record',
        name: text,
        to: `/topics/${topic}?from=offset&at=${offset}&partition=${partition}&open=${partition}:${offset}`,
      },
    ]
  }
  if (!/^[0-9a-f-]{36}$/i.test(text)) return []
  const key = encodeURIComponent(JSON.stringify([text]))
  const rows = tables.filter((name) => !ledgerTables.has(name))
  return [
    ...rows.map((name) => ({ kind: 'row of', name, to: `/tables/${name}?key=${key}` })),
    ...topics
      .filter((name) => !/\.(dlt|parked)$/.test(name))
      .map((name) => ({ kind: 'records in', name, to: `/topics/${name}?key=${encodeURIComponent(text)}` })),
  ]
}

const ledgerTables: ReadonlySet<string> = new Set(['runs', 'fetched', 'published', 'cursors'])
