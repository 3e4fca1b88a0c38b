/** A small deterministic random generator. Not for secrets. */
import { hash } from 'node:crypto'

/** Draws from one stream. */
export type Random = {
  /** A whole number from 0 to 4,294,967,295. */
  next(): number
  /** A whole number, both ends included. */
  between(from: number, to: number): number
  pick<T>(values: readonly T[]): T
  /** # becomes a digit, ? a capital letter. */
  fill(format: string): string
  /** That many lower-case hexadecimal digits, a multiple of 8. */
  hex(digits: number): string
  /** A UUID of version 4: 122 bits of the stream. */
  uuid(): string
}

/** A stream that depends on the text alone: xoshiro128** seeded with the text's SHA-256. */
export function randomFrom(text: string): Random {
  const seed = hash('sha256', text, 'buffer')
  let a = seed.readUInt32LE(0)
  let b = seed.readUInt32LE(4)
  let c = seed.readUInt32LE(8)
  let d = seed.readUInt32LE(12) | 1

  const next = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return result
  }
  const hex = (digits: number) => {
    let text = ''
    while (text.length < digits) text += next().toString(16).padStart(8, '0')
    return text
  }
  const between = (from: number, to: number) => from + Math.floor((next() / 2 ** 32) * (to - from + 1))
  return {
    next,
    between,
    pick: <T>(values: readonly T[]) => values[between(0, values.length - 1)] as T,
    fill: (format) =>
      format.replaceAll(/[#?]/g, (sign) =>
        sign === '#' ? String(between(0, 9)) : String.fromCharCode(between(65, 90)),
      ),
    hex,
    uuid() {
      const digits = hex(32)
      const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) % 4]
      const parts = [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        `${variant}${digits.slice(17, 20)}`,
      ]
      return [...parts, digits.slice(20)].join('-')
    },
  }
}

const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits))
