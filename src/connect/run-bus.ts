/**
 * Telling of runs on the EventBridge bus. By a signed call, as the client of the SDK is too large for a function; see
 * docs/decisions/0029-run-events.md.
 */
import * as v from 'valibot'
import { busEntry, type RunEvent } from '../core/run-event.ts'
import { awsJsonCall } from './aws-json.ts'

/** Tells of a run. Fails with an error that says why the bus did not take it. */
export type Announce = (event: RunEvent) => Promise<void>

/** Longest that a run waits for its announcement, in ms. */
const timeoutMs = 5_000
const putAnswer = v.object({ FailedEntryCount: v.number() })

/** The bus of a region; `endpoint` is an emulator's address. */
export function runBus(region: string, endpoint?: string): Announce {
  const call = awsJsonCall({ service: 'events', targetPrefix: 'AWSEvents', region, endpoint }, timeoutMs)
  return async (event) => {
    const answer = await call('PutEvents', { Entries: [busEntry(event)] })
    if ('refusal' in answer) throw new Error(`the bus refused a run event: ${answer.refusal}`)
    const { FailedEntryCount } = v.parse(putAnswer, answer.result)
    if (FailedEntryCount > 0) throw new Error('the bus did not take a run event')
  }
}
