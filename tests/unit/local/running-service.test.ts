import { expect, onTestFinished, test } from 'vitest'
import type { SluiceError } from '../../../src/core/errors.ts'
import { readProcesses } from '../../../src/local/process-record.ts'
import { controlProcess } from '../../../src/local/running-service.ts'
import { foldersOf, type ProcessService } from '../../../src/local/service.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A service that runs a line of JavaScript. */
function control(script: string, overrides: Partial<ProcessService> = {}) {
  const folder = temporaryFolder()
  const death = Promise.withResolvers<SluiceError>()
  const service: ProcessService = {
    name: 'kafka',
    prepare: async () => ({ program: process.execPath, args: ['-e', script], env: {}, cwd: folder }),
    checkReady: async () => {},
    readyWithinMs: 10_000,
    stopWithinMs: 5_000,
    ...overrides,
  }
  const running = controlProcess(service, foldersOf(folder), death.resolve)
  onTestFinished(running.stop)
  return { running, folder, death: death.promise }
}

const forever = 'setInterval(() => {}, 1000)'

test('a service is recorded while it runs', async () => {
  const { running, folder } = control(forever)
  await running.start()
  expect(readProcesses(folder)).toMatchObject([{ service: 'kafka', pid: running.pid }])
  await running.stop()
  expect(readProcesses(folder)).toEqual([])
  expect(running.pid).toBe(0)
})

test('a service that ends before it is ready fails with its exit code, log file and last lines', async () => {
  const { running, folder } = control('console.log("no disk"); process.exit(3)', {
    checkReady: () => Promise.reject(new Error('not yet')),
  })
  await expect(running.start()).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: `Kafka ended with exit code 3; see ${folder}/logs/kafka.log\nno disk`,
  })
})

test('a service that is never ready fails at its deadline', async () => {
  const { running } = control(forever, { readyWithinMs: 50, checkReady: () => Promise.reject(new Error('not yet')) })
  await expect(running.start()).rejects.toMatchObject({ code: 'SERVICE_FAILED', cause: { message: 'not yet' } })
})

test('a program that cannot be started fails', async () => {
  const command = { program: '/nonexistent/kafka', args: [], env: {}, cwd: '/' }
  const { running } = control('', {
    prepare: async () => command,
    checkReady: () => Promise.reject(new Error('not yet')),
  })
  await expect(running.start()).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringContaining('could not be started'),
  })
})

test('an unasked end is told; one that was asked for is not', async () => {
  const { running, death } = control(forever)
  await running.start()
  await running.kill('SIGKILL')
  await running.start()
  process.kill(running.pid, 'SIGKILL')
  expect(await death).toMatchObject({ code: 'SERVICE_FAILED', message: expect.stringContaining('ended by SIGKILL') })
})

test('a service that ignores SIGTERM is killed after its deadline', async () => {
  const { running } = control(`process.on("SIGTERM", () => {}); ${forever}`, { stopWithinMs: 100 })
  await running.start()
  await running.stop()
  expect(running.pid).toBe(0)
})
