/**
 * What a run's report says of drift: which fields differed, how, in how many values, and what became of these.
 */
import { type Drift, type DriftKind, type JsonType, pathText } from './drift.ts'

/** What became of a field or, with `dead-letter`, of the whole value. */
export type DriftEffect = 'kept' | 'left-out' | 'filled-in' | 'dead-letter'

/** One field that differed in one way. */
export type DriftLine = {
  readonly kind: DriftKind
  /** Path of the field, `[]` for any item of an array. */
  readonly field: string
  readonly found: JsonType | null
  readonly effect: DriftEffect
  /** The policy was `evolve`: the definition is to follow the source. */
  readonly evolves: boolean
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

/** What a line says of one drift. */
export type DriftOutcome = Pick<DriftLine, 'effect' | 'evolves'>

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
    note(value, { kind, path, found }, { effect, evolves }) {
      const field = shortened(pathText(path).replaceAll(/\[\d+\]/g, '[]'))
      const name = JSON.stringify([kind, field, found, effect])
      const known = lines.get(name)
      if (known) lines.set(name, { ...known, count: known.count + 1 })
      else if (lines.size === mostLines) others += 1
      else {
        const sample = { value, path: shortened(pathText(path)) }
        lines.set(name, { kind, field, found, effect, evolves, count: 1, sample })
      }
    },
    report: () => (lines.size === 0 ? null : { lines: [...lines.values()], others }),
  }
}

function shortened(text: string): string {
  return text.slice(0, longestPath)
}
