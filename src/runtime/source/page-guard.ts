/**
 * Where the pages of a run end, and ends a run whose source would have it read pages without end.
 */
import { SluiceError } from '../../core/errors.ts'
import type { PageRequest, SourcePage } from '../../core/pipeline.ts'

/** Whether the source has no page behind this one now. */
export function isLast({ cursor, last, values, known = 0 }: SourcePage): boolean {
  return cursor === null || last === true || values.length + known === 0
}

/** Checks the pages of one run. Fails with SOURCE_INVALID, naming the cursor's fields: where a cursor comes again, or pages become too many. */
export function pageGuard(source: string, most: number): (request: PageRequest, page: SourcePage) => void {
  const asked = new Set<string>()
  return (request, page) => {
    if (isLast(page)) return
    const fail = (what: string) => {
      const fields = Object.keys(page.cursor ?? {}).join(', ')
      throw new SluiceError('SOURCE_INVALID', `the source ${source} ${what} (cursor: ${fields})`)
    }
    asked.add(JSON.stringify(request.cursor))
    if (asked.has(JSON.stringify(page.cursor))) fail('named a next page that the run has read already')
    if (asked.size >= most) fail(`has more than ${most} pages for one run: ask for larger ones, or lower recordsPerRun`)
  }
}
