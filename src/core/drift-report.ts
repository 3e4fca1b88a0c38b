/**
 * What a run's report says of drift: which fields differed, how, in how many values, and what became of these.
 */
import { type Drift, type DriftKind, type DriftPolicy, type JsonType, pathText } from './drift.ts'

/** What became of a field or, with `dead-letter`, of the whole value. */
export type DriftEffect = 'kept' | 'left-out' | 'filled-in' | 'dead-letter'

/** One field that differed in one way. */
export type DriftLine = {
  readonly kind: DriftKind
  /** Path of the field, `[]` for any item of an array. */
  readonly field: string
  readonly found: JsonType | null
  readonly effect: DriftEffect
  /** What the pipeline says about this kind of drift; a value that cannot be done without is a dead letter under each. */
  readonly policy: DriftPolicy
  /** How often. */
  readonly count: number
  /** Where it was first: the number of the value in its attempt, and the path in it. */
  readonly sample: { readonly value: number; readonly path: string }
}

/** The drift of a run's latest attempt. Field names and types, never values. */
export type DriftReport = {
  readonly lines: readonly DriftLine[]
  /** How many differences are in no line, as there are too many different ones. */
  readonly others: number
}

/** A report in figures, for those who are to hear of drift but hold no names of a source's fields: how often each kind was found. */
export type DriftFigures = Readonly<Record<DriftKind | 'others' | 'deadLettered', number>>

/** The figures of a report; null without drift. `deadLettered` is how many of the differences were in values that were given up. */
export function driftFigures(report: DriftReport | null): DriftFigures | null {
  if (!report) return null
  const times = (counts: (line: DriftLine) => boolean) =>
    report.lines.filter(counts).reduce((sum, { count }) => sum + count, 0)
  const ofKind = (kind: DriftKind) => times((line) => line.kind === kind)
  return {
    ...{ unknown: ofKind('unknown'), missing: ofKind('missing'), changed: ofKind('changed'), others: report.others },
    deadLettered: times(({ effect }) => effect === 'dead-letter'),
  }
}

/** What a line says of one drift. */
export type DriftOutcome = Pick<DriftLine, 'effect' | 'policy'>

/** Counts drift. */
export type DriftCounter = {
  note(value: number, drift: Drift, outcome: DriftOutcome): void
  /** Null where nothing differed. */
  report(): DriftReport | null
}

/** Lines of one report, and characters of a path: a source that makes up names must not fill the ledger. */
const mostLines = 50
const longestPath = 120

/** A counter for one attempt of a run. */
export function driftCounter(): DriftCounter {
  const lines = new Map<string, DriftLine>()
  let others = 0
  return {
    note(value, { kind, path, found }, { effect, policy }) {
      const field = shortened(pathText(path).replaceAll(/\[\d+\]/g, '[]'))
      const name = JSON.stringify([kind, field, found, effect])
      const known = lines.get(name)
      if (known) lines.set(name, { ...known, count: known.count + 1 })
      else if (lines.size === mostLines) others += 1
      else {
        const sample = { value, path: shortened(pathText(path)) }
        lines.set(name, { kind, field, found, effect, policy, count: 1, sample })
      }
    },
    report: () => (lines.size === 0 ? null : { lines: [...lines.values()], others }),
  }
}

function shortened(text: string): string {
  return text.slice(0, longestPath)
}
