/**
 * Made-up sensors of a plant, one reading a second each, with faults whose places follow from the seed. A position under a
 * seed always has the same reading; where a sensor drops out it has none.
 */
import { randomFrom } from './random.ts'
import type { Reading } from './reading.ts'

/** What a sensor does wrong for so many seconds. `dropout`: it gives no reading. */
export type Fault = {
  readonly kind: 'spike' | 'drift' | 'stuck' | 'dropout'
  /** Seconds from the beginning of the stream to the first and behind the last reading that is wrong. */
  readonly from: number
  readonly to: number
}

const kinds = [
  { kind: 'temperature', unit: 'celsius', level: 62, swing: 6, noise: 0.3 },
  { kind: 'humidity', unit: 'percent', level: 45, swing: 8, noise: 0.5 },
  { kind: 'pressure', unit: 'bar', level: 6.2, swing: 0.4, noise: 0.02 },
  { kind: 'vibration', unit: 'mm/s', level: 2.1, swing: 0.3, noise: 0.05 },
] as const

const machines = ['boiler', 'chiller', 'mixer', 'press', 'pump'] as const

/** How many sensors there are: each kind on each machine. */
export const sensorCount = kinds.length * machines.length
/** Each sensor has one fault in each window of so many seconds, which begins and ends inside it. */
export const windowSeconds = 600
/** How long each fault lasts, in seconds. */
export const faultSeconds = { spike: 1, drift: 90, stuck: 45, dropout: 30 } as const

/** A fault is never smaller than so many times the noise: a spike at once, a drift at its end. */
const faultSize = 25
const faultKinds = Object.keys(faultSeconds) as Fault['kind'][]
/** When every stream begins, in ms since the epoch. */
export const plantEpoch = Date.UTC(2026, 0, 1)
const dayPart = 3_600

/** A page of readings: as many as asked for, and the position behind the last. */
export function sensorReadings(seed: string, after: number, limit: number): { readings: Reading[]; next: number } {
  const readings: Reading[] = []
  let position = after
  for (; readings.length < limit; position++) {
    const reading = readingAt(seed, position)
    if (reading) readings.push(reading)
  }
  return { readings, next: position }
}

/** The reading of a position: sensors take turns, second by second. Null where the sensor drops out. */
export function readingAt(seed: string, position: number): Reading | null {
  const number = position % sensorCount
  const second = Math.floor(position / sensorCount)
  const fault = faultAt(seed, number, second)
  if (fault?.kind === 'dropout') return null
  const { kind, unit } = kindOf(number)
  const at = new Date(plantEpoch + second * 1_000).toISOString()
  const sensor = sensorName(seed, number)
  return { id: `${sensor}@${at}`, sensor, kind, unit, value: valueAt(seed, number, second, fault), at }
}

/** The fault that a sensor has at a second; null where it works. */
export function faultAt(seed: string, number: number, second: number): Fault | null {
  const window = Math.floor(second / windowSeconds)
  const fault = faultOf(seed, number, window)
  return second >= fault.from && second < fault.to ? fault : null
}

/** The one fault of a sensor in a window. */
export function faultOf(seed: string, number: number, window: number): Fault {
  const random = randomFrom(`${seed}\nfault\n${number}\n${window}`)
  const kind = random.pick(faultKinds)
  // Not at the very beginning, so that a stuck sensor has a reading of its window to be stuck at.
  const from = window * windowSeconds + random.between(1, windowSeconds - faultSeconds[kind] - 1)
  return { kind, from, to: from + faultSeconds[kind] }
}

function valueAt(seed: string, number: number, second: number, fault: Fault | null): number {
  if (fault?.kind === 'stuck') return workingValue(seed, number, fault.from - 1)
  const value = workingValue(seed, number, second)
  const size = kindOf(number).noise * faultSize
  if (fault?.kind === 'spike') return rounded(value + size)
  if (fault?.kind === 'drift') return rounded(value + (size * (second + 1 - fault.from)) / (fault.to - fault.from))
  return value
}

/** A slow wave of the sensor's own, with noise. */
function workingValue(seed: string, number: number, second: number): number {
  const { level, swing, noise } = kindOf(number)
  const phase = randomFrom(`${seed}\nsensor\n${number}`).between(0, dayPart - 1)
  const wave = Math.sin((2 * Math.PI * (second + phase)) / dayPart)
  const random = randomFrom(`${seed}\nreading\n${number}\n${second}`).between(-1_000, 1_000) / 1_000
  return rounded(level + swing * wave + noise * random)
}

function kindOf(number: number) {
  return kinds[number % kinds.length] as (typeof kinds)[number]
}

/** The seed is part of the name: streams of two seeds are of different sensors. */
export function sensorName(seed: string, number: number): string {
  return `${seed}/${machines[Math.floor(number / kinds.length)]}/${kindOf(number).kind}`
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
