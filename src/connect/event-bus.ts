/**
 * Putting events on EventBridge buses. By a signed call, as the client of the SDK is too large for a function; see
 * docs/decisions/0029-run-events.md. Not for what the events say.
 */
import { array, number, object, optional, parse, string } from 'valibot'
import { awsJsonCall } from './aws-json.ts'

/** An event as PutEvents takes it: of 256 KB at most, together with the others of its call. */
export type BusEntry = {
  readonly EventBusName: string
  readonly Source: string
  readonly DetailType: string
  readonly Detail: string
}

/** Puts at most ten events; answers by entry whether the bus took it. Fails with an error that says why it took none. */
export type PutEvents = (entries: readonly BusEntry[]) => Promise<boolean[]>

/** Longest that a call with all its attempts takes, in ms. */
const timeoutMs = 5_000
const putAnswer = object({ FailedEntryCount: number(), Entries: array(object({ ErrorCode: optional(string()) })) })

/** The buses of a region; `endpoint` is an emulator's address. */
export function eventBuses(region: string, endpoint?: string): PutEvents {
  const call = awsJsonCall({ service: 'events', targetPrefix: 'AWSEvents', region, endpoint }, timeoutMs)
  return async (Entries) => {
    const answer = await call('PutEvents', { Entries })
    if ('refusal' in answer) throw new Error(`the bus refused the events: ${answer.refusal}`)
    const results = parse(putAnswer, answer.result).Entries
    return Entries.map((_, at) => results[at] !== undefined && results[at].ErrorCode === undefined)
  }
}
