/**
 * Telling of runs on the EventBridge bus.
 */
import { busEntry, type RunEvent } from '../core/run-event.ts'
import type { PutEvents } from './event-bus.ts'

/** Tells of a run. Fails with an error that says why the bus did not take it. */
export type Announce = (event: RunEvent) => Promise<void>

/** Tells the bus of runs. */
export function runBus(put: PutEvents): Announce {
  return async (event) => {
    const [isTaken] = await put([busEntry(event)])
    if (!isTaken) throw new Error('the bus did not take a run event')
  }
}
