import { expect, onTestFinished, test, vi } from 'vitest'
import { defaultLogin } from '../../../src/local/cassandra-login.ts'
import { inContainers } from '../../../src/local/container-hosting.ts'
import { endpointsOf } from '../../../src/local/endpoints.ts'
import { defaultPorts, freePorts } from '../../../src/local/ports.ts'
import { serviceNames } from '../../../src/local/service.ts'
import { startSourceServer } from '../../../src/local/source/server.ts'
import { startStack } from '../../../src/local/stack.ts'
import { readState } from '../../../src/local/state.ts'
import { contextOf } from '../../../src/operations/deployment/deploy.ts'
import { fakeDocker, path } from './fake-docker.ts'
import { temporaryFolder } from './temporary-folder.ts'

const answers = [
  { words: 'compose version', stdout: '2.40.3\n' },
  { words: 'version --format', stdout: '28.2.2\n' },
]

test('what an earlier start left is taken away, volumes only if asked to, and images are there before a start', async () => {
  const docker = fakeDocker(...answers)
  const hosting = inContainers('ministack')(temporaryFolder(), defaultPorts())
  await hosting.clear(false, () => {})
  await hosting.clear(true, () => {})
  expect(docker.said().filter((args) => !args.includes('version'))).toEqual([
    'compose --profile * down --remove-orphans',
    'compose pull --quiet --include-deps --policy missing kafka cassandra registry ministack source',
    'compose create kafka cassandra registry ministack source',
    'compose --profile * down --remove-orphans --volumes',
    'compose pull --quiet --include-deps --policy missing kafka cassandra registry ministack source',
    'compose create kafka cassandra registry ministack source',
  ])
})

test('a cluster of LocalStack has three nodes, and functions reach all of them by name', async () => {
  const docker = fakeDocker(...answers)
  const ports = defaultPorts(0, 3)
  const hosting = inContainers('localstack')(temporaryFolder(), ports)
  await hosting.clear(false, () => {})
  expect(docker.said().at(-1)).toMatch(/ kafka-1 kafka-2 kafka-3 cassandra registry localstack source$/)
  const endpoints = endpointsOf(ports, defaultLogin)
  expect(contextOf(endpoints, 'bundled', hosting.functionView(endpoints))).toEqual({
    target: 'localstack',
    bootstrapServers: 'kafka-1:19092,kafka-2:19092,kafka-3:19092',
    pollerBootstrapServers: '127.0.0.1:9092,127.0.0.1:9094,127.0.0.1:9096',
    cassandraHost: 'cassandra',
    cassandraPort: '9042',
    cassandraLocalDataCenter: 'datacenter1',
    registryUrl: 'http://registry:8080/apis/ccompat/v7',
    sourceUrl: 'http://source:8090',
    sources: 'bundled',
  })
})

test('Spark is started when it is asked for, and sees what it needs from inside', async () => {
  const docker = fakeDocker(...answers)
  const hosting = inContainers('ministack')(temporaryFolder(), defaultPorts(0, 3))
  const endpoints = endpointsOf(defaultPorts(0, 3), defaultLogin)
  expect(hosting.sparkView(endpoints)).toEqual({
    bootstrapServers: 'kafka-1:19092,kafka-2:19092,kafka-3:19092',
    checkpoints: 'file:///sluice/jobs',
  })
  const spark = hosting.services(endpoints, () => {}).find(({ name }) => name === 'spark')
  // Nobody answers on the port: the start goes on until it is stopped.
  const started = spark?.start()
  await vi.waitUntil(() => docker.isRunning('spark-connect'))
  await spark?.stop()
  await expect(started).rejects.toMatchObject({ code: 'SERVICE_FAILED' })
  expect(docker.said()).toContain('compose up --detach --wait --wait-timeout 300 spark-connect')
})

test('only published ports have to be free', () => {
  const ports = defaultPorts(0, 3)
  const hosting = inContainers('ministack')(temporaryFolder(), ports)
  const published = serviceNames.flatMap((name) => hosting.listeners(name)).map(({ port }) => port)
  const { kafka, kafka2, kafka3, cassandra, registry, emulator, source, spark } = ports
  expect(published).toEqual([kafka, kafka2, kafka3, cassandra, registry, emulator, source, spark])
})

test('the stack starts a container, is ready when it answers, and takes all down at its end', async () => {
  const docker = fakeDocker(...answers)
  const folder = temporaryFolder()
  const ports = await freePorts()
  const services = ['source'] as const
  const hosting = inContainers('ministack')
  const stack = await startStack({ folder, ports, fresh: true, services, hosting, report: () => {} })
  onTestFinished(stack.stop)
  await vi.waitUntil(() => docker.isRunning('source'))
  // What the container would do.
  const server = await startSourceServer({ port: ports.source, host: '127.0.0.1', logs: '' })
  onTestFinished(server.close)
  await stack.allReady
  expect(readState(folder)).toMatchObject({ ready: true, endpoints: stack.endpoints })
  await stack.stop()
  // The one that waits for the container's end is a process of its own, and may speak late.
  const said = docker.said().filter((words) => words !== 'compose wait source')
  expect(said.slice(-2)).toEqual(['compose stop --timeout 5 source', 'compose --profile * down'])
  expect(readState(folder)).toBeNull()
})

test('the end of a container fails the stack', async () => {
  const docker = fakeDocker(...answers)
  const ports = await freePorts()
  const services = ['source'] as const
  const hosting = inContainers('ministack')
  const stack = await startStack({ folder: temporaryFolder(), ports, fresh: true, services, hosting, report: () => {} })
  onTestFinished(stack.stop)
  await vi.waitUntil(() => docker.isRunning('source'))
  const server = await startSourceServer({ port: ports.source, host: '127.0.0.1', logs: '' })
  onTestFinished(server.close)
  await stack.allReady
  docker.end('source')
  await expect(stack.failed).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringMatching(/^Source ended/),
  })
})

test('without Docker nothing is started, and the folder is free again', async () => {
  path(temporaryFolder())
  const folder = temporaryFolder()
  const ports = await freePorts()
  const started = startStack({ folder, ports, fresh: true, hosting: inContainers('ministack'), report: () => {} })
  await expect(started).rejects.toMatchObject({ code: 'PREREQUISITE_MISSING' })
  expect(readState(folder)).toBeNull()
})
