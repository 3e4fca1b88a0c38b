/**
 * What was not as it should be in the last hour: failed runs, dead letters by reason, hops that were late, failing or paused.
 */
import type { Pipeline } from '../../core/pipeline.ts'
import { topicsOf } from '../../core/topology.ts'
import { ledgerOf, type Run } from '../../runtime/ledger.ts'
import type { Clients } from '../clients.ts'
import type { DeadLetter } from '../dead-letters/dead-letter.ts'
import { deadLettersOf } from '../dead-letters/dead-letters.ts'
import type { Incident } from './flow.ts'

/** Something out of the ordinary. Times in ms since the epoch; `until` is null while it lasts. */
export type Anomaly = {
  readonly kind: 'run' | 'dead-letters' | 'hop' | 'job'
  readonly severity: 'warning' | 'problem'
  readonly pipeline: string
  /** The run, topic, hop or job. */
  readonly subject: string
  readonly what: string
  readonly since: number
  readonly until: number | null
}

/** How far back anomalies go, in ms. */
export const anomalyMs = 3_600_000
const mostRuns = 200

/** Those since `since`, newest first; `incidents` are what a watch of the flow saw. */
export async function anomaliesSince(
  since: number,
  pipelines: readonly Pipeline[],
  incidents: readonly Incident[],
  clients: Clients,
): Promise<Anomaly[]> {
  const found = await Promise.all([
    ...pipelines.map(async ({ name }) =>
      (await ledgerOf(clients.cassandra, name).latestRuns(mostRuns)).flatMap((run) => runAnomaly(name, run, since)),
    ),
    ...pipelines.flatMap((pipeline) =>
      topicsOf(pipeline).map(async ({ name }) =>
        letterAnomalies(pipeline.name, name, await deadLettersOf(name, clients), since),
      ),
    ),
  ])
  return [...incidents.filter(isOfHop).map(hopAnomaly), ...found.flat()].sort((a, b) => b.since - a.since)
}

/** A failed run and waiting dead letters are anomalies of their own. */
function isOfHop({ hop }: Incident): boolean {
  return hop !== 'source' && hop !== 'ingest' && !hop.startsWith('dead-letters:')
}

function hopAnomaly({ pipeline, hop, name, state, reason, since, until }: Incident): Anomaly {
  const severity = state === 'failing' ? 'problem' : 'warning'
  const kind = hop.startsWith('job:') ? 'job' : 'hop'
  return { kind, severity, pipeline, subject: name, what: `${state}: ${reason}`, since, until }
}

function runAnomaly(pipeline: string, { id, state, startedAt, finishedAt, error }: Run, since: number): Anomaly[] {
  if (state !== 'failed' || startedAt < since) return []
  const what = error ? `failed with ${error.code}: ${error.message}` : 'failed'
  return [{ kind: 'run', severity: 'problem', pipeline, subject: id, what, since: startedAt, until: finishedAt }]
}

function letterAnomalies(pipeline: string, topic: string, letters: readonly DeadLetter[], since: number): Anomaly[] {
  const recent = letters.filter(({ timestamp, state }) => timestamp >= since && state !== 'repeated')
  return [...Map.groupBy(recent, ({ code }) => code)].map(([code, group]) => {
    const times = group.map(({ timestamp }) => timestamp)
    const waiting = group.filter(({ state }) => state === 'waiting').length
    const many = `${group.length.toLocaleString('en')} dead ${group.length === 1 ? 'letter' : 'letters'}`
    return {
      kind: 'dead-letters',
      severity: waiting > 0 ? 'problem' : 'warning',
      pipeline,
      subject: topic,
      what: `${many} with ${code}: ${group[0]?.reason}; ${waiting.toLocaleString('en')} wait`,
      since: times.reduce((a, b) => Math.min(a, b)),
      until: times.reduce((a, b) => Math.max(a, b)),
    }
  })
}
