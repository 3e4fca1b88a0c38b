/**
 * One answer for all who ask at a time.
 */

/** The answer of `ask`, kept for `keptMs`; who asks meanwhile gets the same. A failure is not kept. */
export function shared<T>(keptMs: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly until: number; readonly answer: Promise<T> } | null = null
  return () => {
    if (kept && kept.until > Date.now()) return kept.answer
    const mine = { until: Number.POSITIVE_INFINITY, answer: ask() }
    kept = mine
    mine.answer.then(
      () => {
        if (kept === mine) kept = { until: Date.now() + keptMs, answer: mine.answer }
      },
      () => {
        if (kept === mine) kept = null
      },
    )
    return mine.answer
  }
}
