/**
 * What a source may take and give: the bounds of requests, answers and runs.
 */

/** Bounds of reading a source. Times in ms. */
export type SourceLimits = {
  /** Requests for one page, those after a passing failure included. */
  readonly attempts: number
  /** One request, from its beginning to the end of its answer. */
  readonly requestMs: number
  /** An answer that brings fewer bytes than `slowBytes` in this time is cut off. */
  readonly slowMs: number
  readonly slowBytes: number
  /** Bytes of an answer once unpacked: it is held in memory, and its values besides, in a function of 512 MB. */
  readonly bodyBytes: number
  readonly redirects: number
  /** The longest wait before the second attempt; it doubles with each more, up to the most. */
  readonly backoffMs: number
  readonly backoffMostMs: number
  /** How long a secret is kept before it is read anew, and how long reading it may take. */
  readonly secretMs: number
  readonly secretReadMs: number
  readonly pagesPerRun: number
}

/** The bounds of every pipeline. */
export const sourceLimits: SourceLimits = {
  attempts: 4,
  requestMs: 30_000,
  slowMs: 10_000,
  slowBytes: 10_240,
  bodyBytes: 16 * 1_048_576,
  redirects: 5,
  backoffMs: 500,
  backoffMostMs: 20_000,
  secretMs: 15 * 60_000,
  secretReadMs: 5_000,
  pagesPerRun: 1_000,
}

/** What a function keeps of its time for publishing what it fetched last and for the ledger, in ms. */
export const publishMarginMs = 30_000
