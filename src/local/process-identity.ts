/**
 * Names a process so that a recycled pid is not taken for it: pid and start time.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** `startTime` is opaque: equal only for the same process of the same boot. */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string }

/** The identity of a running process; null when there is none with that pid. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    const startTime = process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid)
    return startTime === null ? null : { pid, startTime }
  } catch {
    return null
  }
}

/** Whether that very process still runs; a zombie does not. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return identify(pid)?.startTime === startTime
}

/** Field 22 of /proc/<pid>/stat counts clock ticks since boot; the name before it may hold spaces. */
function linuxStartTime(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
  if (state === 'Z' || state === 'X') return null
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[18]}`
}

function psStartTime(pid: number): string | null {
  const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  return state === undefined || state.startsWith('Z') ? null : started.join(' ')
}
