/**
 * What is told of a run when its state changes: an event on the bus, and figures for metrics. Names, counts and codes
 * only, never data.
 */
import type { DriftFigures } from './drift-report.ts'
import type { RunOutcome } from './run-state.ts'

/** The bus of run events, and what rules match on. */
export const runBusName = 'sluice-runs'
export const runEventSource = 'sluice'
export const runEventType = 'Sluice Run'

/** The detail of a run event. Figures are values and records; durations are milliseconds. */
export type RunEvent = {
  readonly pipeline: string
  readonly run: string
  readonly state: RunOutcome
  readonly attempt: number
  readonly errorCode: string | null
  readonly figures: Readonly<Record<string, number>>
  /** How often the source's values differed from their declared form; null where none did. */
  readonly drift: DriftFigures | null
}

/** The event as EventBridge's PutEvents takes it. */
export function busEntry(event: RunEvent) {
  return {
    EventBusName: runBusName,
    Source: runEventSource,
    DetailType: runEventType,
    Detail: JSON.stringify(event),
  }
}

/**
 * The field that makes CloudWatch read an entry of a log as metrics of a pipeline, named like the entry's own fields.
 * Source: CloudWatch User Guide, "Embedded metric format specification".
 */
export function metricsField(timestamp: number, figures: Readonly<Record<string, number>>) {
  const metrics = Object.keys(figures).map((name) => ({
    Name: name,
    Unit: name.endsWith('Ms') ? 'Milliseconds' : 'Count',
  }))
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{ Namespace: 'Sluice', Dimensions: [['pipeline']], Metrics: metrics }],
    },
  }
}
