/**
 * The word that somebody may have meant.
 */

/** The word that fewest changes of one letter turn `given` into, one in three of its letters at most; null where none is so near. */
export function nearest(given: string, words: Iterable<string>): string | null {
  const most = Math.ceil(given.length / 3)
  let found: { readonly word: string; readonly changes: number } | null = null
  for (const word of words) {
    const changes = changesBetween(given, word)
    if (changes <= most && changes < (found?.changes ?? Number.POSITIVE_INFINITY)) found = { word, changes }
  }
  return found?.word ?? null
}

/** Levenshtein's distance: letters put in, left out or replaced. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
