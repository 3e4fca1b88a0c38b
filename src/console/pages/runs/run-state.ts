/**
 * How states of runs and hops are shown. Pure.
 */
import type { RunOutcome } from '../../../core/run-state.ts'
import type { RunHopKind, RunHopState } from '../../../operations/runs/run-hops.ts'
import type { Tone } from '../parts/badge.tsx'

/** A state of a run, or of a run at a hop. */
export type CellState = RunOutcome | RunHopState

/** How serious a state is. */
export const tones: Readonly<Record<CellState, Tone>> = {
  scheduled: 'calm',
  running: 'calm',
  succeeded: 'good',
  'dead-letters': 'warning',
  late: 'warning',
  failed: 'bad',
  skipped: 'calm',
  unknown: 'calm',
  none: 'calm',
}

/** The mark in a cell: a state is never told by colour alone. */
export const marks: Readonly<Record<CellState, string>> = {
  scheduled: '',
  running: '…',
  succeeded: '',
  'dead-letters': '!',
  late: '–',
  failed: '×',
  skipped: '/',
  unknown: '?',
  none: '',
}

/** Names of hops. */
export const hopKinds: Readonly<Record<RunHopKind, string>> = {
  fetch: 'Fetch',
  publish: 'Publish',
  process: 'Process',
  write: 'Write',
  'dead-letters': 'Dead letters',
}
