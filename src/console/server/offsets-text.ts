/**
 * Offsets by partition as text, `0:12,1:15`: in links, and as what a stream goes on from.
 */
import { SluiceError } from '../../core/errors.ts'

/** The text of offsets. */
export function formatOffsets(offsets: ReadonlyMap<number, number>): string {
  return [...offsets].map(([partition, offset]) => `${partition}:${offset}`).join(',')
}

/** The offsets in a text. Fails with ARGUMENT_INVALID. */
export function parseOffsets(text: string): ReadonlyMap<number, number> {
  const parts = text.split(',').map((part) => /^(\d{1,9}):(\d{1,15})$/.exec(part))
  return new Map(
    parts.map((match) => {
      if (match) return [Number(match[1]), Number(match[2])]
      throw new SluiceError('ARGUMENT_INVALID', 'offsets are written as partition:offset, joined by commas')
    }),
  )
}
