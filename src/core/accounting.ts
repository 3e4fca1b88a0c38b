/**
 * Accounting by identity: what became of each published record, and the sums of a run.
 * Not for gathering the evidence: see src/runtime/proof/reconciliation.ts.
 */
import { valueName } from './ledger.ts'

/** What can become of a record. `expired`: its bytes or rows are past retention, so that nothing can be said. */
export type Fate = 'written' | 'filtered' | 'deadLettered' | 'pending' | 'expired' | 'unaccounted'

/** What is known of a record on the topic that the writer reads. */
export type WrittenEvidence = {
  /** A dead letter names it. */
  readonly deadLettered: boolean
  /** The write group committed past it. Before that, nothing else counts. */
  readonly committed: boolean
  /** The pipeline derives no row from it. */
  readonly rowless: boolean
  /** Every key that the pipeline derives has a row at least as new as the record. */
  readonly rowsPresent: boolean
  /** Its rows are past their time to live. */
  readonly expired: boolean
}

/** What is known of a record on a pipeline's first topic. */
export type RecordEvidence = {
  /** Retention has removed the record itself. */
  readonly expired: boolean
  /** A dead letter names it, and others name every redriven copy of it. */
  readonly deadLettered: boolean
  /** The process group committed past it and its copies; true where there is no process stage. */
  readonly committed: boolean
  /** The process stage gives null for it, or for a copy. */
  readonly filtered: boolean
  /** The records made from it: several when a batch was done again or a copy redriven. Without a process stage, it and its copies. */
  readonly outputs: readonly WrittenEvidence[]
  /** Retention may have removed what was made from it. */
  readonly outputsExpired: boolean
}

const byCertainty: readonly Fate[] = ['written', 'filtered', 'pending', 'deadLettered', 'expired', 'unaccounted']

/** What became of a record. One copy that is written settles it, as copies have the same content; one on its way keeps it open. */
export function fateOf(evidence: RecordEvidence): Fate {
  const fates = evidence.outputs.map(outputFate)
  if (evidence.deadLettered) fates.push('deadLettered')
  if (fates.length > 0) return byCertainty.find((fate) => fates.includes(fate)) ?? 'unaccounted'
  if (evidence.expired) return 'expired'
  if (!evidence.committed) return 'pending'
  if (evidence.filtered) return 'filtered'
  return evidence.outputsExpired ? 'expired' : 'unaccounted'
}

function outputFate(output: WrittenEvidence): Fate {
  if (output.deadLettered) return 'deadLettered'
  if (!output.committed) return 'pending'
  if (output.rowless) return 'filtered'
  if (output.rowsPresent) return 'written'
  return output.expired ? 'expired' : 'unaccounted'
}

/** The sums of a run. Each fetched value is in exactly one of the figures from `filtered` on. */
export type Account = {
  /** Values in the source's answers; one that several attempts fetched counts once. */
  readonly fetched: number
  /** Records acknowledged on the pipeline's first topic. */
  readonly published: number
  /** Published records whose id the run had published before. They have a fate of their own besides. */
  readonly duplicates: number
} & Readonly<Record<Fate, number>>

/** What one attempt of a run fetched: the ids of its values, in the order of the source. */
export type Attempt = {
  readonly name: string
  readonly recordIds: readonly string[]
  /** A later attempt succeeded, which read the same values again: this one owes nothing any more. */
  readonly isSuperseded: boolean
}

/** What ledger and topics say of a run. Values go by their names: see `valueName` in ledger.ts. */
export type RunEvidence = {
  readonly hasEnded: boolean
  readonly attempts: readonly Attempt[]
  /** The id of each record on the pipeline's first topic. */
  readonly publishedIds: readonly string[]
  /** The values that became those records. */
  readonly published: readonly string[]
  /** The values that became dead letters at once. */
  readonly deadLettered: readonly string[]
}

/**
 * Sums up the fates of a run's records. A fetched value that is neither a record nor a dead letter, whichever attempt
 * made it one, is unaccounted once the run has ended, and pending before. Attempts that fetched the same value are told
 * by its id, and where an attempt has an id several times, by which of them it is.
 */
export function accountOf(run: RunEvidence, fates: readonly Fate[]): Account {
  const { publishedIds } = run
  const identities = new Map(run.attempts.flatMap(identitiesOf))
  const identified = (names: readonly string[]) => new Set(names.map((name) => identities.get(name) ?? name))
  const owing = run.attempts.filter(({ isSuperseded }) => !isSuperseded)
  const fetched = new Set(owing.flatMap(identitiesOf).map(([, identity]) => identity))
  const deadLettered = identified(run.deadLettered)
  const published = identified(run.published)
  const unplaced = [...fetched].filter((each) => !published.has(each) && !deadLettered.has(each)).length
  const count = (fate: Fate) => fates.filter((each) => each === fate).length
  return {
    fetched: fetched.size,
    published: publishedIds.length,
    duplicates: publishedIds.length - new Set(publishedIds).size,
    written: count('written'),
    filtered: count('filtered'),
    deadLettered: count('deadLettered') + deadLettered.size,
    pending: count('pending') + (run.hasEnded ? 0 : unplaced),
    expired: count('expired'),
    unaccounted: count('unaccounted') + (run.hasEnded ? unplaced : 0),
  }
}

/** The names of an attempt's values, each with what it has in common with the same value of another attempt. */
function identitiesOf({ name, recordIds }: Attempt): [name: string, identity: string][] {
  const seen = new Map<string, number>()
  return recordIds.map((id, number) => {
    const nth = seen.get(id) ?? 0
    seen.set(id, nth + 1)
    return [valueName(name, number), `${nth} ${id}`]
  })
}

/** The id of each fetched value, by its name: see `valueName` in ledger.ts. */
export function idsByValue(attempts: readonly Attempt[]): ReadonlyMap<string, string> {
  return new Map(
    attempts.flatMap(({ name, recordIds }) => recordIds.map((id, number) => [valueName(name, number), id] as const)),
  )
}
