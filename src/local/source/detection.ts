/**
 * How well the faults of the made-up plant were found: what is known of them against readings that somebody calls anomalous.
 */
import { type Fault, faultAt, faultOf, plantEpoch, sensorCount, sensorName, windowSeconds } from './sensors.ts'

/** A reading that is called anomalous; `at` in ms since the epoch. */
export type Finding = { readonly sensor: string; readonly at: number }

/** Faults that were found and findings that are of a fault, each of how many. */
export type Detection = {
  /** A fault is found when one of its readings is, and a drop-out by the first reading after it. */
  readonly recall: number
  /** Of all findings, not of faults. */
  readonly precision: number
  readonly faults: number
  readonly findings: number
  /** By kind of fault: how many were found of how many. */
  readonly byKind: Readonly<Record<Fault['kind'], { readonly found: number; readonly of: number }>>
}

/** Judges the findings of the first so many whole windows of a seed. Findings that are later do not count. */
export function judgeDetection(seed: string, windows: number, findings: readonly Finding[]): Detection {
  const numbers = new Map(Array.from({ length: sensorCount }, (_, number) => [sensorName(seed, number), number]))
  const found = new Set<string>()
  const counted = findings.filter(({ at }) => secondOf(at) < windows * windowSeconds)
  const founded = counted.filter(({ sensor, at }) => {
    const number = numbers.get(sensor)
    const fault = number === undefined ? null : faultShown(seed, number, secondOf(at))
    if (fault) found.add(`${number}/${fault.from}`)
    return fault !== null
  })
  const byKind = { spike: none(), drift: none(), stuck: none(), dropout: none() }
  for (const number of numbers.values()) {
    for (let window = 0; window < windows; window++) {
      const { kind, from } = faultOf(seed, number, window)
      byKind[kind].of += 1
      if (found.has(`${number}/${from}`)) byKind[kind].found += 1
    }
  }
  const faults = numbers.size * windows
  return {
    recall: found.size / faults,
    precision: counted.length === 0 ? 1 : founded.length / counted.length,
    faults,
    findings: counted.length,
    byKind,
  }
}

/** The fault that a reading shows: the one it is part of, or the drop-out that it ends. */
function faultShown(seed: string, number: number, second: number): Fault | null {
  const now = faultAt(seed, number, second)
  if (now) return now
  const before = faultAt(seed, number, second - 1)
  return before?.kind === 'dropout' ? before : null
}

const secondOf = (at: number) => Math.floor((at - plantEpoch) / 1_000)
const none = () => ({ found: 0, of: 0 })
