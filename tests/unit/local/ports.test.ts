import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { assertPortsFree } from '../../../src/local/port-check.ts'
import { portOwner } from '../../../src/local/port-owner.ts'
import { defaultPorts, freePorts, isFree, type KafkaNodes, kafkaNodes, listenersOf } from '../../../src/local/ports.ts'
import { serviceNames } from '../../../src/local/service.ts'

function listen(): Promise<{ port: number; server: Server }> {
  const server = createServer()
  onTestFinished(() => {
    server.close()
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as { port: number }).port, server }))
  })
}

test('an offset moves every default port', () => {
  expect(defaultPorts().kafka).toBe(9092)
  const moved = Object.values(defaultPorts(100))
  expect(moved).toEqual(Object.values(defaultPorts()).map((port) => port + 100))
  expect(new Set(moved).size).toBe(moved.length)
})

test('free ports are distinct and free', async () => {
  const ports = Object.values(await freePorts())
  expect(new Set(ports).size).toBe(ports.length)
  expect(await Promise.all(ports.map(isFree))).toEqual(ports.map(() => true))
})

test.each<KafkaNodes>([1, 3])('with %i Kafka nodes every port belongs to one listener', (nodes) => {
  const ports = defaultPorts(0, nodes)
  const listened = serviceNames.flatMap((name) => listenersOf(name, ports)).map(({ port }) => port)
  expect(listened.toSorted()).toEqual(Object.values(ports).toSorted())
  expect(new Set(listened).size).toBe(listened.length)
  expect(kafkaNodes(ports).map(({ id }) => id)).toEqual([1, 2, 3].slice(0, nodes))
})

test('a taken port is refused in one sentence with its owner and the remedy', async () => {
  const { port } = await listen()
  const error = await assertPortsFree([{ port, purpose: 'Kafka' }]).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'PORT_TAKEN' })
  const { message } = error as Error
  expect(message).toContain(`Port ${port}, which Kafka needs, is taken by process ${process.pid} (`)
  expect(message).toContain('npm start -- --port-offset 100')
  expect(message).not.toContain('\n')
})

test('a port that nobody listens on has no owner', async () => {
  const { port, server } = await listen()
  await new Promise((done) => server.close(done))
  expect(portOwner(port)).toBeNull()
})
