/**
 * Parsing of option values, with errors that name what is allowed.
 */
import { InvalidArgumentError } from 'commander'

/** A whole number from 1 to `most`. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text)
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
    throw new InvalidArgumentError(`Allowed is a whole number from 1 to ${most.toLocaleString('en')}.`)
  }
}

/** What is added to every default port: 0 to 50,000. */
export function portOffset(text: string): number {
  const offset = Number(text)
  if (/^\d+$/.test(text) && offset <= 50_000) return offset
  throw new InvalidArgumentError('Allowed is a whole number from 0 to 50,000.')
}

/** A name of an environment: it becomes a folder. */
export function environmentName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,40}$/.test(text)) return text
  throw new InvalidArgumentError('Allowed are lower-case letters, digits and hyphens, 41 at most.')
}
