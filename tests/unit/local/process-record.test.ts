import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { identify, isAlive } from '../../../src/local/process-identity.ts'
import { forgetProcess, readProcesses, recordProcess, stopLeftovers } from '../../../src/local/process-record.ts'
import { temporaryFolder } from './temporary-folder.ts'

function startSleeper(script = 'setInterval(() => {}, 1000)') {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return { pid: child.pid ?? 0, exited: once(child, 'exit'), stdout: child.stdout }
}

test('a process is known by pid and start time', async () => {
  const identity = identify(process.pid)
  expect(identity).not.toBeNull()
  expect(isAlive({ pid: process.pid, startTime: 'another' })).toBe(false)
  const { pid, exited } = startSleeper()
  const sleeper = identify(pid)
  process.kill(pid, 'SIGKILL')
  await exited
  expect(sleeper && isAlive(sleeper)).toBe(false)
})

test('a record is read back and forgotten', () => {
  const folder = temporaryFolder()
  recordProcess(folder, 'kafka', process.pid)
  expect(readProcesses(folder)).toMatchObject([{ service: 'kafka', pid: process.pid }])
  forgetProcess(folder, process.pid)
  expect(readProcesses(folder)).toEqual([])
})

test('leftovers are stopped and reported', async () => {
  const folder = temporaryFolder()
  const { pid, exited } = startSleeper()
  recordProcess(folder, 'cassandra', pid)
  const lines: string[] = []
  await Promise.all([stopLeftovers(folder, (line) => lines.push(line)), exited])
  expect(lines).toEqual([`Stopping cassandra (pid ${pid}), left by an earlier start`])
  expect(readProcesses(folder)).toEqual([])
})

test('a process that took over a recorded pid is left alone', async () => {
  const folder = temporaryFolder()
  const { pid } = startSleeper()
  const entry = { service: 'kafka', pid, startTime: 'of the process that had this pid before' }
  writeFileSync(join(folder, 'processes.json'), JSON.stringify([entry]))
  await stopLeftovers(folder, () => expect.unreachable())
  expect(identify(pid)).not.toBeNull()
})

test('a record that cannot be read stops nothing', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'processes.json'), '[{"pid":')
  await stopLeftovers(folder, () => expect.unreachable())
})
