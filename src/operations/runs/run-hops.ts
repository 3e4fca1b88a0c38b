/**
 * A run hop by hop: what was fetched, published, processed, written and given up, and how each hop stands. Pure.
 */
import { deadLetterTopic, functionName } from '../../core/names.ts'
import { type Pipeline, writtenTopic } from '../../core/pipeline.ts'
import type { RunReport } from './runs.ts'

/** A hop that runs pass. */
export type RunHopKind = 'fetch' | 'publish' | 'process' | 'write' | 'dead-letters'

/** A hop of a pipeline: its kind, unique, and the function, topic or table at it. */
export type RunHopName = { readonly kind: RunHopKind; readonly name: string }

/**
 * `none`: nothing came there. `running`: it may still come. `unknown`: the run's ingest failed, and what it published
 * before is not accounted for. `dead-letters`: it went well but for records that were given up.
 */
export type RunHopState = 'none' | 'running' | 'succeeded' | 'dead-letters' | 'late' | 'failed' | 'skipped' | 'unknown'

/** How a run stands at a hop. */
export type RunHop = RunHopName & {
  readonly state: RunHopState
  /** Records that passed; of dead letters, those given up. Null where it is not known. */
  readonly records: number | null
  /** In one sentence. */
  readonly what: string
}

/** The hops of a pipeline's runs, in the order of the flow. */
export function runHopNames(pipeline: Pipeline): RunHopName[] {
  const { name, topic, process, tables } = pipeline
  return [
    { kind: 'fetch', name: functionName(name, 'ingest') },
    { kind: 'publish', name: topic.name },
    ...(process ? [{ kind: 'process', name: process.topic.name } as const] : []),
    { kind: 'write', name: tables.map((table) => table.name).join(', ') },
    { kind: 'dead-letters', name: [...new Set([topic, writtenTopic(pipeline)].map(lettersOf))].join(', ') },
  ]
}

/** How a run stands at each hop of {@link runHopNames}. Where a record was lost behind the topic is for `reconcile` to find. */
export function runHops(pipeline: Pipeline, report: RunReport): RunHop[] {
  return runHopNames(pipeline).map((hop) => ({ ...hop, ...standingAt(hop.kind, report) }))
}

type Standing = Pick<RunHop, 'state' | 'records' | 'what'>

function standingAt(kind: RunHopKind, report: RunReport): Standing {
  const { run, verdict, standing } = report
  if (run.state === 'skipped') return { state: 'skipped', records: null, what: 'skipped: the run before was going on' }
  if (kind === 'fetch') return fetched(report)
  if (run.state === 'failed')
    return { state: 'unknown', records: null, what: 'not accounted for, as the ingest failed' }
  const account = verdict?.attempts === run.attempts ? verdict.account : null
  if (!account) return standing.state === 'late' ? late : running
  const { published, filtered, written, deadLettered, pending, unaccounted, expired } = account
  const records = { publish: published, process: published - filtered, write: written, 'dead-letters': deadLettered }[
    kind
  ]
  if (kind === 'dead-letters') return givenUp(deadLettered)
  if (kind !== 'publish' && unaccounted > 0) {
    return { state: 'failed', records, what: `${count(unaccounted)} unaccounted for between topic and table` }
  }
  if (kind !== 'publish' && pending > 0) return { ...late, records, what: `${count(pending)} on their way` }
  if (records === 0) return { state: 'none', records, what: 'nothing came here' }
  const besides = [
    ...(kind === 'process' && filtered > 0 ? [`${count(filtered)} filtered on purpose`] : []),
    ...(kind === 'write' && expired > 0 ? [`${count(expired)} past retention`] : []),
  ]
  return { state: 'succeeded', records, what: [`${count(records)} ${done[kind]}`, ...besides].join(', ') }
}

const done = { publish: 'published', process: 'processed', write: 'written' } as const
const running: Standing = { state: 'running', records: null, what: 'not accounted for yet' }
const late: Standing = { state: 'late', records: null, what: 'not accounted for after the deadline' }

function fetched({ run: { state, fetched: records, error }, standing }: RunReport): Standing {
  const what = `${count(records)} fetched`
  if (state === 'failed') return { state: 'failed', records, what: `${what}, then ${error?.code ?? 'it failed'}` }
  if (state === 'running') return { ...(standing.state === 'late' ? late : running), records, what }
  return { state: records === 0 ? 'none' : 'succeeded', records, what }
}

function givenUp(records: number): Standing {
  return records === 0
    ? { state: 'none', records, what: 'none' }
    : { state: 'dead-letters', records, what: `${count(records)} given up` }
}

function lettersOf({ name }: { readonly name: string }): string {
  return deadLetterTopic(name)
}

function count(value: number): string {
  return value.toLocaleString('en')
}
