/**
 * Where things are shown. Pure.
 */
import type { RecordPosition } from '../../../core/headers.ts'

/** A run. */
export function runPath(pipeline: string, run: string): string {
  return `/runs/${pipeline}/${encodeURIComponent(run)}`
}

/** A record at its position. */
export function recordPath({ topic, partition, offset }: RecordPosition): string {
  return `/topics/${topic}?from=offset&at=${offset}&partition=${partition}&open=${partition}:${offset}`
}
