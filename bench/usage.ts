/**
 * What processes use: CPU time and memory.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** CPU time in µs, user and system; the largest resident set in MB so far. */
export type Usage = { readonly cpuMicros: number; readonly peakRssMb: number }

/** Of this process, its threads included. */
export function ownUsage(): Usage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return { cpuMicros: userCPUTime + systemCPUTime, peakRssMb: maxRSS / 1024 }
}

/** Linux counts in hundredths of a second. */
const tickMicros = 10_000

/**
 * CPU time of the processes below `pid` that have an ancestor there, without `pid` itself, as Linux's /proc has it; 0 on
 * other systems. Processes that have ended count as far as their parents waited for them.
 */
export function descendantCpuMicros(pid: number): number {
  const stats = processStats()
  const isBelow = (each: number): boolean => {
    const parent = stats.get(each)?.parent
    return parent !== undefined && (parent === pid || isBelow(parent))
  }
  return [...stats].filter(([each]) => isBelow(each)).reduce((sum, [, { micros }]) => sum + micros, 0)
}

function processStats(): Map<number, { parent: number; micros: number }> {
  const stats = new Map<number, { parent: number; micros: number }>()
  if (process.platform !== 'linux') return stats
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The second field, the program's name, is in parentheses and may hold anything.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
      stats.set(Number(name), { parent: Number(fields[1]), micros: ticks * tickMicros })
    } catch {
      // It has ended meanwhile.
    }
  }
  return stats
}
