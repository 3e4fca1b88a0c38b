/**
 * Dead letters grouped by why they were given up. Pure.
 */
import type { DeadLetter, DeadLetterState } from './dead-letter.ts'

/** Dead letters with one code, of one stage, for one reason. Times in ms since the epoch, of the records given up. */
export type DeadLetterGroup = {
  readonly code: string
  readonly stage: string
  readonly reason: string
  readonly count: number
  readonly states: Readonly<Record<DeadLetterState, number>>
  readonly first: number
  readonly last: number
  /** The latest of them, as an example: one that waits, if one does. */
  readonly example: DeadLetter
}

/** The groups, those with the most waiting first. */
export function deadLetterGroups(letters: readonly DeadLetter[]): DeadLetterGroup[] {
  const groups = Map.groupBy(letters, ({ code, stage, reason }) => JSON.stringify([code, stage, reason]))
  return [...groups.values()].map(groupOf).sort((a, b) => b.states.waiting - a.states.waiting || b.count - a.count)
}

function groupOf(letters: readonly DeadLetter[]): DeadLetterGroup {
  const example = (letters.findLast(({ state }) => state === 'waiting') ?? letters.at(-1)) as DeadLetter
  const states = { waiting: 0, redriven: 0, parked: 0, repeated: 0 }
  let [first, last] = [example.timestamp, example.timestamp]
  for (const { state, timestamp } of letters) {
    states[state] += 1
    first = Math.min(first, timestamp)
    last = Math.max(last, timestamp)
  }
  const { code, stage, reason } = example
  return { code, stage, reason, count: letters.length, states, first, last, example }
}
