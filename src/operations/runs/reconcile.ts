/**
 * Reconciling a run that an operator asks for.
 * Not for how it is done: see src/runtime/proof/.
 */
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { ledgerOf } from '../../runtime/ledger.ts'
import { type Proof, reconcileRun } from '../../runtime/proof/reconciliation.ts'
import type { Clients } from '../clients.ts'

/** Reconciles a run once; the latest where no id is given. Fails with RUN_UNKNOWN. */
export async function reconcile(pipeline: Pipeline, runId: string | null, clients: Clients): Promise<Proof> {
  return reconcileRun(pipeline, runId ?? (await latestRun(pipeline, clients)), clients)
}

async function latestRun(pipeline: Pipeline, { cassandra }: Clients): Promise<string> {
  const [latest] = await ledgerOf(cassandra, pipeline.name).latestRuns(1)
  if (latest) return latest.id
  throw new SluiceError(
    'RUN_UNKNOWN',
    `pipeline "${pipeline.name}" has no run yet: start one with "npm run sluice -- trigger ${pipeline.name}"`,
  )
}
