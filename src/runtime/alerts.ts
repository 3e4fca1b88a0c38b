/**
 * Telling the bus of alerts. Not for what is one: the pipeline says so.
 */
import type { PutEvents } from '../connect/event-bus.ts'
import { type AlertEvent, alertEntry } from '../core/alert.ts'
import { SluiceError } from '../core/errors.ts'
import type { Rejected } from './dead-letter.ts'
import type { IncomingRecord } from './incoming-record.ts'

/** An alert and the record that it is about. */
export type RecordAlert = { readonly record: IncomingRecord; readonly event: AlertEvent }

/** PutEvents takes ten entries and 256 KB a call. */
const entriesPerCall = 10
const maxBytes = 25_000

/** The alert. Fails with RECORD_INVALID where the bus could never take it. */
export function checkedAlert(alert: RecordAlert): RecordAlert {
  const bytes = Buffer.byteLength(alertEntry(alert.event).Detail)
  if (bytes <= maxBytes) return alert
  throw new SluiceError('RECORD_INVALID', `the alert of the record has ${bytes} bytes, but the bus takes ${maxBytes}`)
}

/**
 * Tells the bus; gives the records whose alert it did not take, to be tried again.
 * Delivery guarantees: at least once, under the same id each time.
 */
export async function tellAlerts(put: PutEvents, alerts: readonly RecordAlert[]): Promise<Rejected[]> {
  const refused: Rejected[] = []
  for (let from = 0; from < alerts.length; from += entriesPerCall) {
    const some = alerts.slice(from, from + entriesPerCall)
    const taken = await put(some.map(({ event }) => alertEntry(event))).catch((cause: Error) => cause)
    const why = taken instanceof Error ? `: ${taken.message}` : ''
    for (const [at, { record }] of some.entries()) {
      if (!(taken instanceof Error) && taken[at]) continue
      const error = new SluiceError('AWS_UNAVAILABLE', `the bus of alerts did not take an alert${why}`)
      refused.push({ record, error })
    }
  }
  return refused
}
