/**
 * Query parameters as a strict API reads them: what is unknown or out of bounds is refused with a sentence.
 * Not for those of the people, whose original answers otherwise: see query.ts.
 */

/** A request that cannot be answered, for which the client is to blame: status 400. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

/** Fails with {@link BadRequest} where a parameter is none of these. */
export function expectOnly(parameters: URLSearchParams, known: readonly string[]): void {
  const unknown = [...parameters.keys()].find((name) => !known.includes(name))
  if (unknown !== undefined) throw new BadRequest(`There is no parameter "${unknown}": there are ${known.join(', ')}.`)
}

/** How many values a page has at most: 1 to 1,000, and 100 unless asked. */
export function limitOf(parameters: URLSearchParams): number {
  return wholeNumber(parameters, 'limit', 100, 1, 1_000)
}

/** A position from 0 to a billion: how many values come before the page. 0 unless asked. */
export function positionOf(parameters: URLSearchParams): number {
  return wholeNumber(parameters, 'after', 0, 0, 1_000_000_000)
}

/** The seed; null where there is none. */
export function seedOf(parameters: URLSearchParams): string | null {
  const seed = parameters.get('seed')
  if (seed !== null && (seed === '' || seed.length > 100)) {
    throw new BadRequest('The parameter seed is a text of 1 to 100 characters.')
  }
  return seed
}

function wholeNumber(parameters: URLSearchParams, name: string, fallback: number, least: number, most: number): number {
  const text = parameters.get(name)
  if (text === null) return fallback
  const number = Number(text)
  if (/^\d{1,10}$/.test(text) && number >= least && number <= most) return number
  throw new BadRequest(`The parameter ${name} is a whole number from ${least} to ${most}.`)
}
