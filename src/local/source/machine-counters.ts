/**
 * This machine's own counters: /proc on Linux, and what Node's `os` knows elsewhere.
 * Not for what is made of two samples: see machine.ts.
 */
import { readFile } from 'node:fs/promises'
import { cpus, freemem, totalmem } from 'node:os'

/** Counters at an instant. Those that only Linux has are null elsewhere. */
export type Counters = {
  /** All CPUs together, in any unit of time. */
  readonly cpu: { readonly busy: number; readonly total: number }
  readonly memory: { readonly usedBytes: number; readonly totalBytes: number }
  readonly disk: { readonly readBytes: number; readonly writtenBytes: number } | null
  readonly network: { readonly receivedBytes: number; readonly sentBytes: number } | null
}

/** /proc counts disk traffic in sectors of so many bytes, whatever the disk. */
const sectorBytes = 512

/** Reads the counters now. */
export async function readCounters(folder = '/proc'): Promise<Counters> {
  const read = (name: string) => readFile(`${folder}/${name}`, 'utf8').catch(() => null)
  const [stat, memory, disks, network] = await Promise.all(['stat', 'meminfo', 'diskstats', 'net/dev'].map(read))
  return {
    cpu: (stat && cpuOf(stat)) || nodeCpu(),
    memory: (memory && memoryOf(memory)) || { usedBytes: totalmem() - freemem(), totalBytes: totalmem() },
    disk: disks ? diskOf(disks) : null,
    network: network ? networkOf(network) : null,
  }
}

/** `cpu user nice system idle iowait irq softirq steal guest guest_nice`, the last two part of the first two. */
export function cpuOf(stat: string): Counters['cpu'] | null {
  const line = /^cpu +(.+)$/m.exec(stat)?.[1]
  if (!line) return null
  const counts = line.trim().split(/ +/).slice(0, 8).map(Number)
  const total = sum(counts)
  const idle = (counts[3] ?? 0) + (counts[4] ?? 0)
  return { busy: total - idle, total }
}

/** `MemTotal: 123 kB` and `MemAvailable: 45 kB`: what a program could have without swapping is not used. */
export function memoryOf(meminfo: string): Counters['memory'] | null {
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? Number.NaN) * 1_024
  const [totalBytes, available] = [bytes('MemTotal'), bytes('MemAvailable')]
  return Number.isNaN(totalBytes + available) ? null : { usedBytes: totalBytes - available, totalBytes }
}

/** `major minor name reads merged sectors ms writes merged sectors …` of whole disks: partitions would count twice. */
export function diskOf(diskstats: string): NonNullable<Counters['disk']> {
  const disks = fieldsOf(diskstats).filter(([, , name = '']) =>
    /^([shv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(name),
  )
  const bytes = (field: number) => sum(disks.map((disk) => Number(disk[field] ?? 0))) * sectorBytes
  return { readBytes: bytes(5), writtenBytes: bytes(9) }
}

/** `name: received packets … sent …` of all interfaces, the machine's own loop included: services here talk over it. */
export function networkOf(dev: string): NonNullable<Counters['network']> {
  const interfaces = [...dev.matchAll(/^ *[\w.@-]+: *(.+)$/gm)].map(([, counts = '']) => counts.trim().split(/ +/))
  const bytes = (field: number) => sum(interfaces.map((counts) => Number(counts[field] ?? 0)))
  return { receivedBytes: bytes(0), sentBytes: bytes(8) }
}

function nodeCpu(): Counters['cpu'] {
  const times = cpus().map((cpu) => cpu.times)
  const total = sum(times.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq))
  return { busy: total - sum(times.map(({ idle }) => idle)), total }
}

function fieldsOf(text: string): string[][] {
  return text.split('\n').map((line) => line.trim().split(/ +/))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
