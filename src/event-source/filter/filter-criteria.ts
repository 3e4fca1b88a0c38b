/**
 * Checks the FilterCriteria of a mapping.
 */
import type { PropertyChecks } from '../property-checks.ts'
import { PatternError } from './json-pattern.ts'
import { compileFilter } from './record-filter.ts'

/** Five patterns unless the quota of the account was raised, which can be to ten. */
const maxPatterns = 10

/** The patterns of FilterCriteria, which compile; none when all records go to the function. Fails with MAPPING_INVALID. */
export function filterPatterns(value: unknown, checks: PropertyChecks): string[] {
  if (value === undefined) return []
  const { Filters } = checks.object('FilterCriteria', value, ['Filters'])
  if (Filters === undefined) return []
  const allowed = `a list of up to ${maxPatterns} objects with Pattern`
  if (!Array.isArray(Filters) || Filters.length > maxPatterns) {
    return checks.refuse('FilterCriteria.Filters', Filters, allowed)
  }
  return Filters.map((each: unknown, index) => {
    const name = `FilterCriteria.Filters[${index}]`
    const { Pattern } = checks.object(name, each, ['Pattern'])
    const pattern = checks.text(`${name}.Pattern`, Pattern, /^.{1,4096}$/s, 'an event pattern as JSON text')
    try {
      compileFilter([pattern])
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      checks.refuse(`${name}.Pattern`, pattern, `an event pattern on value: this one ${error.message}`)
    }
    return pattern
  })
}
