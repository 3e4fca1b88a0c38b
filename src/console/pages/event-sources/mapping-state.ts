/**
 * The state of a mapping in one word.
 */
import type { EventSource } from '../../../operations/event-sources/event-sources.ts'
import type { Tone } from '../parts/badge.tsx'

/** The word, and how serious it is. */
export function stateOf({ problem, isWanted, pollers }: EventSource): { readonly tone: Tone; readonly word: string } {
  if (problem) return { tone: 'bad', word: 'refused' }
  const statuses = pollers.map(({ status }) => status)
  const [first] = statuses
  if (!first) return { tone: isWanted ? 'bad' : 'calm', word: 'no poller' }
  if (statuses.some(({ lastProcessingResult }) => lastProcessingResult.startsWith('PROBLEM'))) {
    return { tone: 'bad', word: 'failing' }
  }
  if (first.state === 'Enabled') return { tone: 'good', word: 'enabled' }
  return { tone: first.state === 'Disabled' ? 'calm' : 'warning', word: first.state.toLowerCase() }
}
