/**
 * The word that somebody may have meant.
 */
import { closestMatch } from 'leven'

/** The word that fewest changes of one letter turn `given` into, one in three of its letters at most; null where none is so near. */
export function nearest(given: string, words: Iterable<string>): string | null {
  return closestMatch(given, [...words], { maxDistance: Math.ceil(given.length / 3) }) ?? null
}
