/** One installation at a time per clone: a lock file that its holder keeps fresh. */
import { closeSync, mkdirSync, openSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'

const freshForMs = 10_000

/** Runs `work` while holding the lock at `path`; waits for a living holder, takes over from a dead one. */
export async function withLock(path, report, work) {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!take(path)) {
    if (!told) report('Waiting for another installation in this clone to finish')
    told = true
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    try {
      utimesSync(path, now, now)
    } catch {}
  }, 1_000)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(path, { force: true })
  }
}

function take(path) {
  try {
    closeSync(openSync(path, 'wx'))
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  if (age > freshForMs) rmSync(path, { force: true })
  return false
}
