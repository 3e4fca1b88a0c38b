/**
 * Every way to connect to Kafka against a real broker: that it works, and that each mistake ends soon, with a sentence
 * that says what is wrong and holds no secret. One broker for all of it.
 */
import { randomUUID } from 'node:crypto'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createProducer } from '../../src/connect/kafka-producer.ts'
import { readTopics } from '../../src/connect/kafka-reader.ts'
import type { Endpoints, KafkaSecurity } from '../../src/core/endpoints.ts'
import { functionProducer } from '../../src/runtime/producer.ts'
import { ensureTopics } from '../../src/runtime/topology/topics.ts'
import { type SecuredKafka, sessionMs, startSecuredKafka, unsignedToken } from '../fixtures/secured-kafka.ts'
import { kafkaEssentials, member } from './connect/kafka-essentials.ts'
import { record } from './connect/kafka-tools.ts'

// The broker's own check stands in for MSK's: what is tested is how tokens travel. See tests/unit for the tokens.
const tokens = vi.hoisted(() => ({ forSession: 0, expired: '' }))
vi.mock('../../src/connect/kafka-iam.ts', () => ({
  iamTokens: (region: string) => async () => {
    if (region === 'session') tokens.forSession += 1
    return region === 'expired' ? tokens.expired : unsignedToken()
  },
}))

type Connection = Endpoints['kafka']
const clientId = 'sluice-tests'
const wrongPassword = `canary-${randomUUID()}`
const iam = { kind: 'iam', region: 'eu-west-1' } as const
const trusted = getCACertificates('default')
let kafka: SecuredKafka

beforeAll(async () => {
  kafka = await startSecuredKafka()
  // Public authorities are what IAM trusts; for these tests the broker's is one of them.
  setDefaultCACertificates([...trusted, kafka.ca])
  tokens.expired = unsignedToken(-60)
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await kafka?.stop()
})

const scram = (more: object = {}): KafkaSecurity => {
  return { kind: 'scram', mechanism: 'scram-sha-512', login: kafka.login, ca: kafka.ca, ...more }
}
const tls = (more: object = {}): KafkaSecurity => ({ kind: 'tls', ...kafka.client, ca: kafka.ca, ...more })
const at = (listener: keyof SecuredKafka['servers'], security?: KafkaSecurity): Connection => {
  return { bootstrapServers: kafka.servers[listener], ...(security ? { security } : {}) }
}

/** Clients that stay for longer than a session: opened before the other tests, looked at after them. */
const lasting = {} as {
  topic: string
  openedAt: number
  member: ReturnType<typeof member>
  idle: ReturnType<typeof createProducer>
}

describe('a session of a login by token', () => {
  beforeAll(async () => {
    lasting.topic = `tests-${randomUUID()}`
    const environment = { bootstrapServers: kafka.servers.oauth, kafka: iam }
    await ensureTopics(environment, [topicOf(lasting.topic)], { deadlineMs: 10_000, intervalMs: 100 })
    const connection = at('oauth', { ...iam, region: 'session' })
    lasting.openedAt = Date.now()
    lasting.member = member(connection, lasting.topic)
    await lasting.member.consumer.join()
    lasting.idle = createProducer(connectKafka({ ...connection, clientId }))
    await lasting.idle.send(lasting.topic, [record('k', 'first')])
  })

  test('is renewed before it ends', async () => {
    await vi.waitFor(() => expect(lasting.member.seen).toHaveLength(1), { timeout: 10_000 })
    // From here on all connections are open, so that a further token is for one of these.
    const before = tokens.forSession
    await vi.waitFor(() => expect(tokens.forSession).toBeGreaterThan(before), { timeout: sessionMs, interval: 50 })
    expect(Date.now() - lasting.openedAt).toBeLessThan(sessionMs)
  })
})

const topicOf = (name: string) => ({ name, partitions: 1, retentionMs: 3_600_000, maxMessageBytes: 1_048_576 })

describe.each<[string, () => Connection]>([
  ['plaintext', () => at('plaintext')],
  ['a password, SCRAM-SHA-512', () => at('scram', scram())],
  ['a password, SCRAM-SHA-256', () => at('scram', scram({ mechanism: 'scram-sha-256' }))],
  ['a certificate', () => at('tls', tls())],
  ['a token', () => at('oauth', iam)],
])('Kafka over %s', (_, connection) => kafkaEssentials(() => ({ kafka: connection() })))

const mistakes: [string, () => Connection, RegExp][] = [
  [
    'a wrong password',
    () => at('scram', scram({ login: { ...kafka.login, password: wrongPassword } })),
    /refused the login: correct the secret/,
  ],
  [
    'an unknown user',
    () => at('scram', scram({ login: { username: 'nobody', password: wrongPassword } })),
    /refused the login/,
  ],
  ['a refused token', () => at('oauth', { ...iam, region: 'expired' }), /refused the login: .*kafka-cluster:Connect/],
  ['another mechanism', () => at('oauth', scram()), /does not offer this way to log in/],
  [
    'an unknown authority',
    () => at('scram', scram({ ca: kafka.foreignCa })),
    /authority that is not trusted: .*UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
  ],
  [
    'the certificate of another host',
    () => at('otherhost', scram()),
    /for another host name: .*ERR_TLS_CERT_ALTNAME_INVALID/,
  ],
  ['an expired certificate', () => at('expired', scram()), /has expired: renew it/],
  ['no certificate of the client', () => at('tls', scram()), /refused the client's certificate, or the lack of one: /],
  [
    "a client's certificate of a foreign authority",
    () => at('tls', tls(kafka.foreignClient)),
    /refused the client's certificate/,
  ],
  ["an expired client's certificate", () => at('tls', tls(kafka.expiredClient)), /refused the client's certificate/],
  [
    'a key of another certificate',
    () => at('tls', tls({ privateKey: kafka.foreignClient.privateKey })),
    /cannot be asked with this client's certificate, key/,
  ],
  [
    'a key that is none',
    () => at('tls', tls({ privateKey: wrongPassword })),
    /cannot be asked with this client's certificate, key/,
  ],
  ['plaintext to a port for TLS', () => at('scram'), /speaks TLS at this port: connect with TLS/],
  ['TLS to a port for plaintext', () => at('plaintext', tls()), /speaks plaintext at this port: use the port for TLS/],
  ['a login to a port for plaintext', () => at('plaintext', scram()), /speaks plaintext at this port/],
]

describe('a mistake', () => {
  /** What a caller could show or log of an error, causes and hidden fields included. */
  const shown = (error: unknown) => inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error)
  const secrets = () => {
    const keys = [kafka.client, kafka.foreignClient, kafka.expiredClient].map(({ privateKey }) => privateKey)
    return [wrongPassword, kafka.login.password, tokens.expired, ...keys.map((key) => key.split('\n')[5] as string)]
  }
  const failureOf = async (work: Promise<unknown>) => {
    const began = performance.now()
    const error: Error = await work.then(
      () => new Error('nothing failed'),
      (error) => error,
    )
    return { error, ms: performance.now() - began }
  }
  /** Whatever is written while `work` is done. */
  const written = async (work: () => Promise<void>) => {
    const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'))
    try {
      await work()
      return spies.flatMap(({ mock }) => mock.calls.map(([chunk]) => String(chunk))).join('')
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  }

  /** Each of our clients, doing its first thing. */
  const faces: Record<string, (connection: Connection) => Promise<unknown>> = {
    admin: async (connection) => {
      const admin = connectKafka({ ...connection, clientId }).admin()
      await admin.connect().finally(() => admin.disconnect())
    },
    producer: (connection) => createProducer(connectKafka({ ...connection, clientId })).send('t', [record('k', 'v')]),
    reader: (connection) =>
      readTopics(connectKafka({ ...connection, clientId }), new Map([['t', new Map()]]), () => {}),
    consumer: async (connection) => {
      const { consumer } = member(connection, 't')
      await consumer.join().finally(() => consumer.close(1_000))
    },
  }

  test.each(mistakes)('%s is said soon, by every client, without a secret', async (_, connection, message) => {
    const { bootstrapServers } = connection()
    const output = await written(async () => {
      for (const [face, work] of Object.entries(faces)) {
        const { error, ms } = await failureOf(work(connection()))
        expect(error, face).toMatchObject({ code: 'KAFKA_REFUSED', retryable: true })
        expect(error.message, face).toMatch(message)
        expect(error.message, face).toContain(bootstrapServers)
        expect(ms, face).toBeLessThan(3_000)
        for (const secret of secrets()) expect(shown(error).includes(secret), `${face} shows a secret`).toBe(false)
      }
    })
    for (const secret of secrets()) expect(output.includes(secret), 'a secret was written').toBe(false)
  })

  test('of one server does not keep from the others', async () => {
    const bootstrapServers = `${kafka.servers.otherhost},${kafka.servers.expired},${kafka.servers.scram}`
    const admin = connectKafka({ bootstrapServers, security: scram(), clientId }).admin()
    await admin.connect()
    expect((await admin.describeCluster()).brokers).toHaveLength(1)
    await admin.disconnect()
  })

  test('that nobody made: a port without a listener is away, not refused', async () => {
    const nobody = createProducer(connectKafka({ bootstrapServers: '127.0.0.1:1', security: scram(), clientId }), 300)
    await expect(nobody.send('t', [record('k', 'v')])).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
  })
})

test('a function reads its login again after Kafka refused it', async () => {
  const logins = [{ ...kafka.login, password: wrongPassword }, kafka.login]
  const read = vi.fn(async () => scram({ login: logins.shift() }))
  const environment = { bootstrapServers: kafka.servers.scram, kafka: { kind: 'scram', secret: 's' } } as const
  const producer = functionProducer(environment, read)
  const send = () => producer.send(lasting.topic, [record('other', 'rotated')])
  await expect(send()).rejects.toMatchObject({ code: 'KAFKA_REFUSED' })
  expect(await Promise.all([send(), send()])).toHaveLength(2)
  expect(read).toHaveBeenCalledTimes(2)
  await producer.disconnect()
})

describe('a session of a login by token that ended meanwhile', () => {
  afterAll(() => Promise.all([lasting.member?.consumer.close(5_000), lasting.idle?.disconnect()]))

  test('went on under new tokens: the member missed nothing, an idle producer sends again', async () => {
    const isOver = () => expect(Date.now() - lasting.openedAt).toBeGreaterThan(sessionMs + 1_000)
    await vi.waitFor(isOver, { timeout: 2 * sessionMs, interval: 100 })
    const { seen, told, consumer } = lasting.member
    await lasting.idle.send(lasting.topic, [record('k', 'last')])
    await vi.waitFor(() => expect(String(seen.at(-1)?.value)).toBe('last'), { timeout: 10_000 })
    await consumer.commit(new Map([[0, seen.length]]))
    expect(seen.map(({ offset }) => offset)).toEqual(seen.map((_, index) => index))
    expect(told).toEqual(['assigned 0'])
  })
})
