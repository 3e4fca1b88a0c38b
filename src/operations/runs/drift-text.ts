/**
 * The drift of a run in words, and for what is to evolve the change of the definition that would follow the source.
 */
import type { JsonType } from '../../core/drift.ts'
import type { DriftEffect, DriftLine, DriftReport } from '../../core/drift-report.ts'

const effects: Readonly<Record<DriftEffect, string>> = {
  kept: 'kept in the record',
  'left-out': 'left out',
  'filled-in': 'filled in',
  'dead-letter': 'a dead letter',
}

/** Avro has no type for what may be any JSON: such a field is its text. */
const avroTypes: Readonly<Record<JsonType, string>> = {
  null: 'string',
  boolean: 'boolean',
  integer: 'long',
  number: 'double',
  string: 'string',
  array: 'string',
  object: 'string',
}

/** Lines about the drift of a run, a field each; none without drift. */
export function driftLines(report: DriftReport | null): string[] {
  if (!report) return []
  const others = report.others > 0 ? [`  and ${count(report.others)} more in other fields`] : []
  return ['drift: values differ from source.value', ...report.lines.flatMap(lineOf), ...others]
}

function lineOf(line: DriftLine): string[] {
  const { kind, field, found, effect, count: times, sample, policy } = line
  const type = found === null ? '' : ` (${found})`
  const said = `  ${kind} ${field}${type}: ${times === 1 ? 'once' : `${count(times)} times`}, ${effects[effect]} (${policy}); first in value ${sample.value} at ${sample.path}`
  return policy === 'evolve' ? [said, `    to follow: ${proposal(line)}`] : [said]
}

function proposal({ kind, field, found }: DriftLine): string {
  if (kind === 'missing') return `make "${field}" optional in source.value, and its field of topic.schema nullable`
  const type = avroTypes[found ?? 'null']
  const name = field.replace(/\W+/g, '_').replace(/^_+|_+$/g, '') + (kind === 'changed' ? `_${type}` : '')
  const schema = `{ name: '${name}', type: ['null', '${type}'], default: null }`
  return `read "${field}" as ${found} in source.value, give topic.schema the field ${schema}, and the table a column`
}

function count(value: number): string {
  return value.toLocaleString('en')
}
