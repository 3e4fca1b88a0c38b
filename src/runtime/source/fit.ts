/**
 * Fits a fetched value to the form that its pipeline declares, and does what the pipeline says where it drifted.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  type Drift,
  type DriftPolicy,
  type FieldPath,
  fieldAt,
  jsonType,
  type KeptFields,
  leftOutAndFilled,
  pathText,
} from '../../core/drift.ts'
import type { DriftEffect, DriftOutcome } from '../../core/drift-report.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'

/** A value as its schema made it, and the fields that the schema has no place for. */
export type Fitted = { readonly value: unknown; readonly kept: KeptFields }

/** Hears of each field that differs, and what became of it. */
export type NoteDrift = (drift: Drift, outcome: DriftOutcome) => void

/** A value of a source, fitted. Fails with VALUE_INVALID, naming the field, where it is to be a dead letter; no message holds data. */
export async function fitted({ source }: Pipeline, fetched: unknown, note: NoteDrift): Promise<Fitted> {
  const policies = { unknown: 'discard', missing: 'discard', changed: 'freeze', ...source.drift } as const
  const policyOf = ({ kind }: Drift): DriftPolicy => policies[kind]
  const drifts: Drift[] = []
  const tell = (drift: Drift, effect: DriftEffect) => note(drift, { effect, policy: policyOf(drift) })
  const giveUp = (what: string) => {
    for (const drift of drifts) tell(drift, 'dead-letter')
    return new SluiceError('VALUE_INVALID', `the fetched value ${what}`)
  }

  let checked = await source.value['~standard'].validate(fetched)
  let taken = fetched
  if (checked.issues) {
    const misfit = `does not fit at "${pathText(pathOf(checked.issues[0])) || '(value)'}"`
    const misfits = checked.issues.map((issue) => misfitOf(issue, fetched))
    drifts.push(...misfits.filter((each) => each !== null))
    if (drifts.length < misfits.length || drifts.some((each) => policyOf(each) === 'freeze')) throw giveUp(misfit)
    taken = replaced(
      fetched,
      drifts.map(({ path }) => path),
      undefined,
    )
    checked = await source.value['~standard'].validate(taken)
    if (checked.issues) {
      taken = replaced(taken, checked.issues.map(pathOf), null)
      checked = await source.value['~standard'].validate(taken)
    }
    if (checked.issues) throw giveUp(misfit)
  }
  const done = new Set(drifts.map(({ path }) => pathText(path)))
  const others = leftOutAndFilled(taken, checked.value).filter(({ path }) => !done.has(pathText(path)))
  drifts.push(...others)
  const frozen = others.find((each) => policyOf(each) === 'freeze')
  if (frozen) throw giveUp(`${frozen.kind === 'unknown' ? 'has an unknown' : 'has no'} "${pathText(frozen.path)}"`)

  const kept = drifts.filter((each) => each.kind !== 'missing' && policyOf(each) === 'evolve')
  for (const drift of drifts) {
    tell(drift, drift.kind === 'missing' ? 'filled-in' : kept.includes(drift) ? 'kept' : 'left-out')
  }
  return {
    value: checked.value,
    kept: Object.fromEntries(kept.map(({ path }) => [pathText(path), JSON.stringify(fieldAt(fetched, path))])),
  }
}

/** The path of a Standard Schema issue; empty for the whole value. */
export function pathOf(issue: StandardSchemaV1.Issue | undefined): FieldPath {
  return (issue?.path ?? []).map((part) => {
    const key = typeof part === 'object' ? part.key : part
    return typeof key === 'number' ? key : String(key)
  })
}

/**
 * What an issue says of drift; null where the type is right and the form wrong, which is a bad value, or where the whole
 * value is. Only valibot's issues tell type from form, by their `kind`; to those of others each is one of type.
 */
function misfitOf(issue: StandardSchemaV1.Issue, fetched: unknown): Drift | null {
  const path = pathOf(issue)
  if (path.length === 0) return null
  const field = fieldAt(fetched, path)
  if (field === undefined) return { kind: 'missing', path, found: null }
  if ((issue as { readonly kind?: unknown }).kind === 'validation') return null
  return { kind: 'changed', path, found: jsonType(field) }
}

/** A copy of a value with something else at these paths; undefined takes a field away. */
function replaced(value: unknown, paths: readonly FieldPath[], standIn: null | undefined): unknown {
  const copy = structuredClone(value)
  for (const path of paths) {
    const parent = fieldAt(copy, path.slice(0, -1)) as Record<string | number, unknown> | undefined
    const name = path.at(-1) ?? ''
    if (typeof parent !== 'object' || parent === null) continue
    if (standIn === undefined) delete parent[name]
    else parent[name] = standIn
  }
  return copy
}
