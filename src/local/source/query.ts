/** The parameters of the source: results, page, seed, nat. */
import { randomBytes } from 'node:crypto'
import { nationalities } from './nationalities.ts'

/** A request for people. An empty `nat` means all nationalities. */
export type Query = {
  readonly results: number
  readonly page: number
  readonly seed: string
  readonly nat: readonly string[]
}

/** Reads the parameters; as the original does, the answer to a bad one is an error in a 200 response. */
export function parseQuery(parameters: URLSearchParams): Query | { readonly error: string } {
  const results = wholeNumber(parameters.get('results') ?? '1')
  if (results === null || results < 1 || results > 5_000) {
    return { error: 'The parameter results is a whole number from 1 to 5000.' }
  }
  const page = wholeNumber(parameters.get('page') ?? '1')
  if (page === null || page < 1 || page > 10_000) {
    return { error: 'The parameter page is a whole number from 1 to 10000.' }
  }
  const nat = (parameters.get('nat') ?? '').toUpperCase().split(',').filter(Boolean)
  const unknown = nat.find((code) => !nationalities.some((nationality) => nationality.nat === code))
  if (unknown) return { error: `The parameter nat knows ${nationalities.map((one) => one.nat).join(', ')}.` }
  return { results, page, seed: parameters.get('seed') || randomBytes(8).toString('hex'), nat }
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}
