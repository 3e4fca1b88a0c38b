/**
 * What became of dead letters: sent back, put aside, repeated, or still waiting. Pure.
 * Not for reading them: see dead-letters.ts.
 */
import { formatPosition } from '../../core/headers.ts'
import type { DeadLetter } from './dead-letter.ts'

/** A dead letter, and a name of the record as first published, with its content; null for a fetched value that never was one. */
export type Found = { readonly letter: DeadLetter; readonly record: string | null }

/** Where a dead letter was sent back to, or put aside. */
export type Sent = Pick<DeadLetter, 'state' | 'sentTo'>

/**
 * The dead letters with their states, in their order, oldest first. Those that give up the very same record have one
 * fate: sent if one of them was. Of the unsent ones of a record as first published, the latest waits and stands for all.
 * `sent` goes by position.
 */
export function withStates(found: readonly Found[], sent: ReadonlyMap<string, Sent>): DeadLetter[] {
  const sentOrigins = new Map<string, Sent>()
  for (const { letter } of found) {
    const fate = sent.get(formatPosition(letter.position))
    if (fate && letter.origin) sentOrigins.set(formatPosition(letter.origin), fate)
  }
  const fateOf = ({ position, origin }: DeadLetter) =>
    sent.get(formatPosition(position)) ?? (origin && sentOrigins.get(formatPosition(origin)))
  const latest = new Map(
    found.flatMap(({ letter, record }) => (record === null || fateOf(letter) ? [] : [[record, letter] as const])),
  )
  return found.map(({ letter, record }) => {
    const fate = fateOf(letter)
    if (fate) return { ...letter, ...fate }
    return record === null || latest.get(record) === letter ? letter : { ...letter, state: 'repeated' }
  })
}
