/**
 * The write time of a row: derived from its record alone, so that a replay changes nothing.
 */

/**
 * Microseconds for `USING TIMESTAMP`: the record's time in ms × 1000 + (offset mod 1000).
 * A key stays in one partition, so of two records of a key the later time wins, and within one millisecond the
 * later offset, save across a multiple of 1000; the table writer closes that gap for records of one batch. The offset is
 * the one at which the record was first published: see `firstPublished` in headers.ts.
 */
export function writeTimeMicros(timestampMs: number, offset: number): number {
  return timestampMs * 1000 + (offset % 1000)
}
