/**
 * Ends a process of ours, and the process group it leads: politely, then not.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

const pollMs = 20

/** Sends SIGTERM, waits up to `deadlineMs`, then kills; resolves when the process is gone. Its group goes with it. */
export async function endProcess(target: ProcessIdentity, deadlineMs: number): Promise<void> {
  if (!isAlive(target)) return
  signalProcess(target.pid, 'SIGTERM')
  const deadline = performance.now() + deadlineMs
  while (isAlive(target) && performance.now() < deadline) await delay(pollMs)
  killGroup(target.pid)
  while (isAlive(target)) await delay(pollMs)
}

/** Kills what is left of a group; our children lead groups of their own, so that nobody else is in it. */
export function killGroup(leaderPid: number): void {
  signalProcess(-leaderPid, 'SIGKILL')
}

/** Sends a signal and is content when nobody is there. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
