import { expect, onTestFinished, test, vi } from 'vitest'
import type { SluiceError } from '../../../src/core/errors.ts'
import { type ContainerService, controlContainer } from '../../../src/local/container.ts'
import { composeOf } from '../../../src/local/docker.ts'
import { defaultPorts } from '../../../src/local/ports.ts'
import { readProcesses } from '../../../src/local/process-record.ts'
import { foldersOf } from '../../../src/local/service.ts'
import { type Answer, fakeDocker } from './fake-docker.ts'
import { temporaryFolder } from './temporary-folder.ts'

const notYet = () => Promise.reject(new Error('not yet'))

function control(answers: readonly Answer[] = [], overrides: Partial<ContainerService> = {}) {
  const docker = fakeDocker(...answers)
  const folder = temporaryFolder()
  const compose = composeOf(folder, defaultPorts(), [])
  const death = Promise.withResolvers<SluiceError>()
  const service: ContainerService = {
    name: 'kafka',
    container: 'kafka-1',
    checkReady: async () => {},
    readyWithinMs: 60_000,
    stopWithinMs: 15_000,
    ...overrides,
  }
  const running = controlContainer(service, compose, foldersOf(folder), death.resolve)
  onTestFinished(running.stop)
  return { docker, running, folder, compose, death: death.promise }
}

test('a container is started and waited for, watched while it runs, and stopped', async () => {
  const { docker, running, folder } = control()
  await running.start()
  expect(readProcesses(folder)).toMatchObject([{ service: 'kafka' }])
  await vi.waitUntil(() => docker.said().includes('compose wait kafka-1'))
  await running.stop()
  expect(docker.said()).toEqual([
    'compose up --detach --wait --wait-timeout 60 kafka-1',
    'compose wait kafka-1',
    'compose stop --timeout 15 kafka-1',
  ])
  expect(readProcesses(folder)).toEqual([])
})

test('it is not ready before it answers a client on this machine', async () => {
  let asked = 0
  const { running } = control([], { checkReady: async () => (++asked < 3 ? notYet() : undefined) })
  await running.start()
  expect(asked).toBe(3)
})

test('one that Docker cannot start fails at once, with what it has printed', async () => {
  const { running, compose } = control(
    [
      { words: 'up', code: 1, stderr: 'container kafka-1 exited (3)' },
      { words: 'logs', stdout: 'no disk\n' },
    ],
    { checkReady: notYet },
  )
  const failure = await running.start().catch((error: SluiceError) => error)
  expect(failure).toMatchObject({
    code: 'SERVICE_FAILED',
    message: `Kafka was not ready within 60 s; see "docker logs ${compose.project}-kafka-1-1"\nno disk`,
    cause: {
      message: 'docker compose up --detach --wait --wait-timeout 60 kafka-1 failed: container kafka-1 exited (3)',
    },
  })
})

test('one that never answers fails at its deadline', async () => {
  const { running } = control([], { checkReady: notYet, readyWithinMs: 200 })
  await expect(running.start()).rejects.toMatchObject({ code: 'SERVICE_FAILED', cause: { message: 'not yet' } })
})

test('one that is stopped before it answers is waited for no longer', async () => {
  const { docker, running } = control([], { checkReady: notYet })
  const started = running.start()
  started.catch(() => {})
  await vi.waitUntil(() => docker.isRunning('kafka-1'))
  await running.stop()
  await expect(started).rejects.toMatchObject({ code: 'SERVICE_FAILED' })
})

test('an unasked end is told; one that was asked for is not', async () => {
  const { docker, running, death } = control([{ words: 'logs', stdout: 'out of memory\n' }])
  await running.start()
  await running.kill('SIGKILL')
  expect(docker.said()).toContain('compose kill --signal SIGKILL kafka-1')
  await running.start()
  docker.end('kafka-1')
  expect(await death).toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringMatching(/^Kafka ended; .+memory$/s),
  })
  expect(docker.said().filter((args) => args.includes('logs'))).toHaveLength(1)
})

test('a signal that ends nothing is sent and not waited for', async () => {
  const { docker, running } = control()
  await running.start()
  await running.kill('SIGCONT')
  expect(docker.said()).toContain('compose kill --signal SIGCONT kafka-1')
  expect(docker.isRunning('kafka-1')).toBe(true)
})
