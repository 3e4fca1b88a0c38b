/**
 * Keeps the proof of each pipeline's latest run that has ended: made anew until it is settled.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Account } from '../../core/accounting.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Run } from '../../runtime/ledger.ts'
import { openReconciliation, type Proof } from '../../runtime/proof/reconciliation.ts'
import type { Clients } from '../clients.ts'
import { isProven } from './proof-text.ts'

/**
 * `settling` while records are on their way; `proven` when each is accounted for; `lost` when one is not.
 * The account is null until the first look has ended.
 */
export type ProofState = {
  readonly run: string
  readonly state: 'settling' | 'proven' | 'lost'
  readonly account: Account | null
}

/** Keeps proofs. */
export type ProofKeeper = {
  /** What is known now; begins to prove the latest of the runs (newest first) that has ended. */
  of(pipeline: Pipeline, runs: readonly Run[]): ProofState | null
  stop(): Promise<void>
}

const pauseMs = 500

/** A keeper; the signal ends what it does. */
export function proofKeeper(clients: Clients, signal: AbortSignal): ProofKeeper {
  const proofs = new Map<string, ProofState>()
  const working = new Map<string, Promise<void>>()
  const prove = async (pipeline: Pipeline, runId: string) => {
    const reconciliation = await openReconciliation(pipeline, runId, clients)
    try {
      while (!signal.aborted) {
        const proof = await reconciliation.check()
        const isFinal = reconciliation.isFinal()
        proofs.set(pipeline.name, { run: runId, state: stateOf(proof, isFinal), account: proof.account })
        if (isProven(proof) || isFinal) return
        await delay(pauseMs, null, { signal }).catch(() => {})
      }
    } finally {
      await reconciliation.close()
    }
  }
  return {
    of(pipeline, runs) {
      const { name } = pipeline
      const run = runs.find(({ finishedAt }) => finishedAt !== null)
      if (!run) return null
      const known = proofs.get(name)
      const isDone = known?.run === run.id && known.state !== 'settling'
      if (!isDone && !working.has(name) && !signal.aborted) {
        if (known?.run !== run.id) proofs.set(name, { run: run.id, state: 'settling', account: null })
        // A service that is away fails this; the next picture begins it again.
        working.set(
          name,
          prove(pipeline, run.id)
            .catch(() => {})
            .finally(() => working.delete(name)),
        )
      }
      return proofs.get(name) ?? null
    },
    async stop() {
      await Promise.allSettled(working.values())
    },
  }
}

function stateOf(proof: Proof, isFinal: boolean): ProofState['state'] {
  if (isProven(proof)) return 'proven'
  return isFinal || proof.account.unaccounted > 0 ? 'lost' : 'settling'
}
