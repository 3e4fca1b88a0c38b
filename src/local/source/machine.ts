/**
 * Readings of this machine, taken once a second while the source runs, and kept for an hour.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Counters, readCounters } from './machine-counters.ts'
import { BadRequest } from './parameters.ts'
import type { Reading } from './reading.ts'

/** The last hour of this machine. */
export type Machine = {
  /** At most so many readings behind the cursor (null: the oldest that are kept), and the cursor behind them. */
  page(after: string | null, limit: number): { readings: Reading[]; next: string }
  stop(): Promise<void>
}

/** Two samples of counters, and when the second was taken, in ms since the epoch. */
type Interval = { readonly before: Counters; readonly now: Counters; readonly at: number; readonly ms: number }

const pauseMs = 1_000
const keptSamples = 3_600

/** Begins to take samples. The cursor is a time, and how many readings of that time were read: it holds after a restart. */
export function watchMachine(read: () => Promise<Counters> = readCounters, everyMs = pauseMs): Machine {
  const samples: { readonly at: number; readonly readings: readonly Reading[] }[] = []
  const ending = new AbortController()
  const work = (async () => {
    let before = await read()
    let beforeMs = performance.now()
    for (;;) {
      await delay(everyMs, null, { signal: ending.signal, ref: false })
      const now = await read()
      const nowMs = performance.now()
      // A clock that was set back must not hide readings behind the cursor.
      const at = Math.max(Date.now(), (samples.at(-1)?.at ?? 0) + 1)
      samples.push({ at, readings: readingsOf({ before, now, at, ms: nowMs - beforeMs }) })
      if (samples.length > keptSamples) samples.shift()
      before = now
      beforeMs = nowMs
    }
  })().catch(() => {})
  return {
    page(after, limit) {
      const [from, count] = cursorOf(after)
      const readings: Reading[] = []
      let next = `${from}-${count}`
      for (const sample of samples) {
        if (sample.at < from) continue
        const skipped = sample.at === from ? count : 0
        const taken = sample.readings.slice(skipped, skipped + limit - readings.length)
        if (taken.length > 0) next = `${sample.at}-${skipped + taken.length}`
        readings.push(...taken)
        if (readings.length === limit) break
      }
      return { readings, next }
    },
    async stop() {
      ending.abort()
      await work
    },
  }
}

/** What two samples say of the time between them. */
export function readingsOf({ before, now, at, ms }: Interval): Reading[] {
  const time = new Date(at).toISOString()
  const reading = (sensor: string, kind: string, unit: string, value: number): Reading => ({
    id: `${sensor}@${time}`,
    ...{ sensor, kind, unit },
    value: Math.round(value * 100) / 100,
    at: time,
  })
  /** A counter that went back, as of a device that was taken away, says nothing. */
  const perSecond = (from: number, to: number) => (Math.max(0, to - from) * 1_000) / ms
  const cpuTotal = now.cpu.total - before.cpu.total
  const readings = [
    reading('machine/cpu', 'load', 'percent', cpuTotal > 0 ? (100 * (now.cpu.busy - before.cpu.busy)) / cpuTotal : 0),
    reading('machine/memory', 'load', 'percent', (100 * now.memory.usedBytes) / now.memory.totalBytes),
  ]
  if (before.disk && now.disk) {
    readings.push(
      reading('machine/disk-read', 'traffic', 'bytes/s', perSecond(before.disk.readBytes, now.disk.readBytes)),
      reading('machine/disk-written', 'traffic', 'bytes/s', perSecond(before.disk.writtenBytes, now.disk.writtenBytes)),
    )
  }
  if (before.network && now.network) {
    const [from, to] = [before.network, now.network]
    readings.push(
      reading('machine/network-received', 'traffic', 'bytes/s', perSecond(from.receivedBytes, to.receivedBytes)),
      reading('machine/network-sent', 'traffic', 'bytes/s', perSecond(from.sentBytes, to.sentBytes)),
    )
  }
  return readings
}

function cursorOf(after: string | null): [number, number] {
  if (after === null) return [0, 0]
  const [, at, count] = /^(\d{1,15})-(\d{1,3})$/.exec(after) ?? []
  if (at === undefined) throw new BadRequest('The parameter after is the "next" of a page.')
  return [Number(at), Number(count)]
}
