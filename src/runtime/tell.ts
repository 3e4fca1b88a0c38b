/**
 * Telling the bus how a run stands. A bus that is away fails no run: the ledger is what holds.
 */
import type { Announce } from '../connect/run-bus.ts'
import { driftFigures } from '../core/drift-report.ts'
import type { Run } from './ledger.ts'
import { logger } from './logging.ts'

/** Tells of a run that began, failed or was skipped; of one that succeeded, its verdict tells. */
export type Tell = (run: Run) => Promise<void>

/** Tells of a pipeline's runs; what cannot be told is in the log. */
export function teller(pipeline: string, announce: Announce): Tell {
  return async ({ id, state, attempts, error, fetched, fetchMs, publishMs, drift }) => {
    const figures = { fetched, fetchMs: Math.round(fetchMs), publishMs: Math.round(publishMs) }
    try {
      const event = { pipeline, run: id, state, attempt: attempts, figures, drift: driftFigures(drift) }
      await announce({ ...event, errorCode: error?.code ?? null })
    } catch (cause) {
      logger.warn('run event not sent', { pipeline, run: id, state, kind: (cause as Error).name })
    }
  }
}
