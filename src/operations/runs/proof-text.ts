/**
 * The proof of a run in words: the whole table, or one line.
 */
import { deadLetterTopic } from '../../core/names.ts'
import { type Pipeline, writtenTopic } from '../../core/pipeline.ts'
import type { Proof } from '../../runtime/proof/reconciliation.ts'
import { driftLines } from './drift-text.ts'

/** One line of the table: a figure, where it was counted, how long the hop took in ms where that is known. */
type Line = { readonly label: string; readonly count: number; readonly where: string; readonly ms?: number | null }

/** Whether a run is proven: ended and settled, with every fetched value accounted for. */
export function isProven({ run, account: { pending, unaccounted } }: Pick<Proof, 'run' | 'account'>): boolean {
  return run.state !== 'running' && pending === 0 && unaccounted === 0
}

/** The proof as a table, a line a hop. `writeMs` is known only to whoever watched the run. */
export function proofTable(pipeline: Pipeline, proof: Proof, writeMs: number | null): string[] {
  const lines = hopLines(pipeline, proof, writeMs)
  const width = Math.max(...lines.map(({ where }) => where.length))
  return [
    `${proof.pipeline}: run ${proof.run.id} ${proof.run.state}`,
    ...lines.map(({ label, count, where, ms }) => {
      const duration = ms === undefined || ms === null ? '' : `${Math.round(ms).toLocaleString('en')} ms`
      return `  ${label.padEnd(12)} ${count.toLocaleString('en').padStart(9)}   ${where.padEnd(width)} ${duration.padStart(10)}`.trimEnd()
    }),
    `  ${verdict(proof)}`,
    ...whyFailed(proof.run).map((line) => `  ${line}`),
    ...driftLines(proof.run.drift).map((line) => `  ${line}`),
  ]
}

/** The proof in one line, and why a run failed. */
export function proofLine({ pipeline, run, account }: Proof): string {
  const { fetched, written, filtered, deadLettered, pending, unaccounted } = account
  const counts = `${fetched} fetched, ${written} written, ${filtered} filtered, ${deadLettered} dead letters`
  const line = `${pipeline}  ${run.id}  ${run.state}  ${counts}, ${pending} pending, ${unaccounted} unaccounted`
  return [line, ...whyFailed(run)].join('  ')
}

function whyFailed({ error }: Proof['run']): string[] {
  return error ? [`${error.code}: ${error.message}`] : []
}

function hopLines(pipeline: Pipeline, { run, account, processed }: Proof, writeMs: number | null): Line[] {
  const tables = pipeline.tables.map(({ name }) => name).join(', ')
  const topics = [...new Set([pipeline.topic.name, writtenTopic(pipeline).name])]
  const processing: Line[] = processed
    ? [
        {
          label: 'processed',
          count: processed.records,
          where: `to topic ${writtenTopic(pipeline).name}`,
          ms: processed.ms,
        },
      ]
    : []
  const expired: Line[] =
    account.expired > 0 ? [{ label: 'expired', count: account.expired, where: 'past retention' }] : []
  return [
    { label: 'fetched', count: account.fetched, where: 'from the source', ms: run.fetchMs },
    { label: 'published', count: account.published, where: `to topic ${pipeline.topic.name}`, ms: run.publishMs },
    ...processing,
    { label: 'filtered', count: account.filtered, where: 'on purpose' },
    { label: 'written', count: account.written, where: `to table ${tables}`, ms: writeMs },
    { label: 'dead letters', count: account.deadLettered, where: `in ${topics.map(deadLetterTopic).join(', ')}` },
    { label: 'pending', count: account.pending, where: 'on their way' },
    { label: 'duplicates', count: account.duplicates, where: 'published again' },
    ...expired,
    { label: 'unaccounted', count: account.unaccounted, where: 'must be 0' },
  ]
}

function verdict({ run, account }: Proof): string {
  if (run.state === 'running') return 'not settled yet: the run has not ended'
  if (account.unaccounted > 0)
    return `NOT PROVEN: ${account.unaccounted} of the fetched records cannot be accounted for`
  if (account.pending > 0) return `not settled yet: ${account.pending} records are on their way`
  return 'proven: every fetched record is a row, was filtered on purpose, or is a dead letter with a reason'
}
