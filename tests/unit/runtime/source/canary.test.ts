/**
 * A secret of a source is sent to the source, and found nowhere else: not in what a run writes, publishes, logs or throws.
 */
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { secret } from '../../../../src/core/secret.ts'
import { ingestHandler } from '../../../../src/runtime/ingest.ts'
import { logger } from '../../../../src/runtime/logging.ts'
import { type Answer, startHttpServer } from '../../../fixtures/http-server.ts'
import { orderSchema, orders } from '../../../fixtures/orders.ts'
import { fakeCassandra, fakeConnections, fakeProducer, fakeRegistry } from '../fakes.ts'

const canary = 'canary-4711'
const [source, secrets] = [await startHttpServer(), await startHttpServer()]

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  secrets.answer = () => ({ body: JSON.stringify({ Name: 'sluice/key', SecretString: canary }) })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([source.close(), secrets.close()])
})
afterEach(() => {
  vi.restoreAllMocks()
  logger.setLogLevel('SILENT')
})

const pipeline = { ...orders, source: { ...orders.source, headers: { authorization: secret('sluice/key') } } }
const page = { items: [{ id: 'a', amount: 1 }, { id: 'b' }], next: null }

test.each<[string, Answer]>([
  ['serves', { body: JSON.stringify(page) }],
  ['refuses', { status: 403, body: '{}' }],
  ['redirects away', { status: 302, headers: { location: 'https://10.0.0.1/' } }],
  ['answers no JSON', { body: 'oh' }],
])('when the source %s', async (_, answer) => {
  source.requests.length = 0
  source.answer = () => answer
  logger.setLogLevel('TRACE')
  const lines: unknown[] = []
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text))
      return true
    })
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...given) => void lines.push(given))
  const { producer, sent } = fakeProducer()
  const { client, written } = fakeCassandra()
  const connections = fakeConnections(producer, fakeRegistry([orderSchema]).registry, async () => client, source.url)
  const event = { id: 'abcdefgh-1234', time: '2026-03-01T10:00:00Z' }
  const outcome = await ingestHandler(pipeline, connections)(event).catch((error: unknown) => error)
  vi.restoreAllMocks()
  expect(source.requests[0]?.headers.authorization).toBe(canary)
  const texts = sent.flatMap(({ records }) => records.map(({ value, headers }) => [String(value), headers]))
  const seen = inspect([outcome, written, texts, lines, process.env], {
    depth: null,
    showHidden: true,
    maxStringLength: null,
  })
  expect(seen).toContain('20260301T100000Z-schedule')
  expect(seen).not.toContain(canary)
})
