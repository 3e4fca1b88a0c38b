/**
 * Accounting by identity: what became of each published record, and the sums of a run.
 * Not for gathering the evidence: see src/operations/reconcile.ts.
 */

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
}

const byCertainty: readonly Fate[] = ['written', 'filtered', 'pending', 'deadLettered', 'expired', 'unaccounted']

/** What became of a record. One copy that is written settles it, as copies have the same content; one on its way keeps it open. */
export function fateOf(evidence: RecordEvidence): Fate {
  const fates = evidence.outputs.map(outputFate)
  if (evidence.deadLettered) fates.push('deadLettered')
  if (fates.length > 0) return byCertainty.find((fate) => fates.includes(fate)) ?? 'unaccounted'
  if (evidence.expired) return 'expired'
  if (!evidence.committed) return 'pending'
  return evidence.filtered ? 'filtered' : 'unaccounted'
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
  /** Values in the source's answers. */
  readonly fetched: number
  /** Records acknowledged on the pipeline's first topic. */
  readonly published: number
  /** Published records whose id the run had published before. They have a fate of their own besides. */
  readonly duplicates: number
} & Readonly<Record<Fate, number>>

/** What the ledger says of a run: the ids it published as records, and how many values became dead letters at once. */
export type LedgerEvidence = {
  readonly fetched: number
  readonly publishedIds: readonly string[]
  readonly deadLetters: number
}

/** Sums up the fates of a run's records. A fetched value that the ledger does not place is unaccounted. */
export function accountOf(ledger: LedgerEvidence, fates: readonly Fate[]): Account {
  const { fetched, publishedIds, deadLetters } = ledger
  const count = (fate: Fate) => fates.filter((each) => each === fate).length
  const unplaced = Math.max(0, fetched - publishedIds.length - deadLetters)
  return {
    fetched,
    published: publishedIds.length,
    duplicates: publishedIds.length - new Set(publishedIds).size,
    written: count('written'),
    filtered: count('filtered'),
    deadLettered: count('deadLettered') + deadLetters,
    pending: count('pending'),
    expired: count('expired'),
    unaccounted: count('unaccounted') + unplaced,
  }
}
