/**
 * A value in a table by the type of its column. Everything is text.
 */
import type { CqlType } from '../../../core/table.ts'
import { quantity } from '../format.ts'
import { Time } from './time.tsx'

/** The value; a time is in ms since the epoch or in text. */
export function Cell({ value, type, isMasked }: { value: unknown; type: CqlType; isMasked: boolean }) {
  if (value === null || value === undefined) return <span class="faint">null</span>
  if (isMasked) return <span class="cell-personal">{String(value)}</span>
  if (type === 'timestamp') return <Time at={typeof value === 'number' ? value : Date.parse(String(value))} />
  if (type === 'double') return <span title={String(value)}>{quantity(Number(value))}</span>
  if (typeof value === 'object') return <code>{JSON.stringify(value)}</code>
  return <span>{String(value)}</span>
}
