/**
 * What is told of a record that its pipeline's rule finds remarkable: an event on a bus of its own.
 * Not for who hears of it: rules on the bus.
 */

/** What a pipeline says of a record. Whoever listens to the bus reads it: no personal data. */
export type Alert = Readonly<Record<string, string | number | boolean | null>>

/** The bus of alerts, and what rules match on. */
export const alertBusName = 'sluice-alerts'
export const alertSource = 'sluice'
export const alertType = 'Sluice Alert'

/** The detail of an alert event. */
export type AlertEvent = {
  /** The same whenever the same record is judged again: a listener can drop doubles by it. */
  readonly id: string
  readonly pipeline: string
  /** The record as it was first published: `topic/partition/offset`. */
  readonly record: string
  readonly alert: Alert
}

/** The event as EventBridge's PutEvents takes it. */
export function alertEntry(event: AlertEvent) {
  return { EventBusName: alertBusName, Source: alertSource, DetailType: alertType, Detail: JSON.stringify(event) }
}
