/**
 * The times that an ingest gives its records: no two versions of a key share a millisecond, as write times order those
 * across a multiple of 1000 offsets within a batch only.
 */

/** Gives a record its time in ms since the epoch. */
export type PageClock = (key: string) => number

/**
 * A clock for the pages of a process. A record's time is now, or, where that is no later than the record of the same key
 * before it in the page, a millisecond after that one; a page begins after the last time of the page before it.
 */
export function recordClock(now: () => number = Date.now): () => PageClock {
  let latest = Number.NEGATIVE_INFINITY
  return () => {
    const begin = latest + 1
    const ofKey = new Map<string, number>()
    return (key) => {
      const time = Math.max(now(), begin, (ofKey.get(key) ?? Number.NEGATIVE_INFINITY) + 1)
      ofKey.set(key, time)
      latest = Math.max(latest, time)
      return time
    }
  }
}
