/**
 * Mappings to a Kafka that asks who they are: with logins and certificates from Secrets Manager, wrong ones, and ones that
 * were rotated. Kafka and Secrets Manager are real; the function is the test.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { awsConfig } from '../../src/connect/aws.ts'
import { connectKafka } from '../../src/connect/kafka.ts'
import { createProducer } from '../../src/connect/kafka-producer.ts'
import { createTopics } from '../../src/connect/kafka-topics.ts'
import { destinationOpener } from '../../src/event-source/destination/open.ts'
import type { Invocation } from '../../src/event-source/invoker.ts'
import { parseMapping } from '../../src/event-source/mapping.ts'
import { type Poller, startPoller } from '../../src/event-source/poller.ts'
import type { PollerEvent } from '../../src/event-source/report.ts'
import { secretsManager } from '../../src/event-source/secrets.ts'
import { freePorts } from '../../src/local/ports.ts'
import { type LocalStack, startStack } from '../../src/local/stack.ts'
import { type SecuredKafka, startSecuredKafka } from '../fixtures/secured-kafka.ts'
import { record } from './connect/kafka-tools.ts'

const clientId = 'sluice-tests'
const wrongPassword = `canary-${randomUUID()}`
const folder = mkdtempSync(join(tmpdir(), 'sluice-source-access-'))
let kafka: SecuredKafka
let stack: LocalStack
let secrets: SecretsManagerClient
let poller: Poller | undefined

beforeAll(async () => {
  const services = ['emulator'] as const
  stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
  await stack.allReady
  kafka = await startSecuredKafka()
  secrets = new SecretsManagerClient(awsConfig(stack.endpoints.aws))
  await Promise.all([
    store('login', kafka.login),
    store('wrong-login', { ...kafka.login, password: wrongPassword }),
    store('ca', { certificate: kafka.ca }),
    store('foreign-ca', { certificate: kafka.foreignCa }),
    store('client', kafka.client),
    store('foreign-client', kafka.foreignClient),
    store('half-client', { ...kafka.client, privateKey: kafka.foreignClient.privateKey }),
  ])
})
afterEach(async () => {
  await poller?.stop()
  poller = undefined
})
afterAll(async () => {
  await kafka?.stop()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function store(Name: string, content: object): Promise<void> {
  await secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(content) }))
}

type Access = readonly [type: string, secret: string][]

/** A topic with one record, and a mapping of it that proves itself so. A failing function's record goes to another topic. */
async function start(listener: keyof SecuredKafka['servers'], access: Access, isFailing = false) {
  const topic = `tests-${randomUUID()}`
  const plain = connectKafka({ bootstrapServers: kafka.servers.plaintext, clientId })
  const [admin, producer] = [plain.admin(), createProducer(plain)]
  await admin.connect()
  await createTopics(
    admin,
    [topic, `${topic}-failed`].map((each) => ({ topic: each, numPartitions: 1 })),
  )
  await producer.send(topic, [record('k', 'v')])
  const events: PollerEvent[] = []
  const seen: string[] = []
  const config = awsConfig(stack.endpoints.aws)
  const onFailure = { OnFailure: { Destination: `kafka://${topic}-failed` } }
  const mapping = parseMapping(topic, {
    FunctionName: 'f',
    Topics: [topic],
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: [kafka.servers[listener]] } },
    SourceAccessConfigurations: access.map(([Type, URI]) => ({ Type, URI })),
    StartingPosition: 'TRIM_HORIZON',
    MaximumBatchingWindowInSeconds: 0,
    ...(isFailing ? { MaximumRetryAttempts: 0, DestinationConfig: onFailure } : {}),
  })
  const success = { payload: 'null', requestId: 'r', statusCode: 200, executedVersion: null }
  const started = await startPoller({
    mappings: [mapping],
    invoker: {
      async invoke(_, payload): Promise<Invocation> {
        seen.push(Buffer.from(payload).toString())
        return { ...success, functionError: isFailing ? 'Unhandled' : null }
      },
    },
    openDestination: destinationOpener({ clientConfig: config, ...stack.endpoints.aws }),
    secrets: secretsManager(config),
    report: (event) => events.push(event),
  })
  poller = started
  const result = () => started.status()[0]?.lastProcessingResult ?? ''
  const stop = () => Promise.all([admin.disconnect(), producer.disconnect()])
  return { topic, admin, events, seen, result, status: () => started.status(), stop }
}

const soon = { timeout: 20_000, interval: 50 }

test.each<[string, keyof SecuredKafka['servers'], Access]>([
  ['SCRAM-SHA-512', 'scram', [['SASL_SCRAM_512_AUTH', 'login']]],
  ['SCRAM-SHA-256', 'scram', [['SASL_SCRAM_256_AUTH', 'login']]],
  ['SASL/PLAIN', 'scram', [['BASIC_AUTH', 'login']]],
  ['a certificate', 'tls', [['CLIENT_CERTIFICATE_TLS_AUTH', 'client']]],
])('a mapping reads by %s', async (_, listener, access) => {
  const scene = await start(listener, [...access, ['SERVER_ROOT_CA_CERTIFICATE', 'ca']])
  await vi.waitFor(() => expect(scene.result()).toBe('OK'), soon)
  expect(scene.seen).toHaveLength(1)
  await scene.stop()
})

test.each<[string, string, keyof SecuredKafka['servers'], Access, string]>([
  ['a wrong password', 'SASL authentication failed', 'scram', [['SASL_SCRAM_512_AUTH', 'wrong-login']], 'ca'],
  [
    'a foreign certificate',
    'Server failed to authenticate Lambda',
    'tls',
    [['CLIENT_CERTIFICATE_TLS_AUTH', 'foreign-client']],
    'ca',
  ],
  ['no certificate', 'Server failed to authenticate Lambda', 'tls', [], 'ca'],
  [
    'another authority',
    'Lambda failed to authenticate server',
    'scram',
    [['SASL_SCRAM_512_AUTH', 'login']],
    'foreign-ca',
  ],
  [
    'a key of another certificate',
    'Provided certificate or private key is invalid',
    'tls',
    [['CLIENT_CERTIFICATE_TLS_AUTH', 'half-client']],
    'ca',
  ],
])('%s is "%s" soon, and goes on being it, without a secret', async (_, words, listener, access, authority) => {
  const began = performance.now()
  const scene = await start(listener, [...access, ['SERVER_ROOT_CA_CERTIFICATE', authority]])
  await vi.waitFor(() => expect(scene.result()).toMatch(new RegExp(`^PROBLEM: ${words}\\. `)), soon)
  expect(performance.now() - began).toBeLessThan(8_000)
  const refusals = () => scene.events.filter(({ type }) => type === 'polling-failed').length
  // Longer than the silence after which a broker is said not to answer.
  const enough = performance.now() + 6_000
  await vi.waitFor(() => expect(performance.now() > enough && refusals() > 1).toBe(true), soon)
  expect(scene.result()).toMatch(new RegExp(`^PROBLEM: ${words}\\. `))
  const shown = JSON.stringify([scene.events, scene.status()])
  const keys = [kafka.client, kafka.foreignClient].map(({ privateKey }) => privateKey.split('\n')[5] as string)
  for (const secret of [wrongPassword, kafka.login.password, ...keys]) expect(shown.includes(secret)).toBe(false)
  expect(scene.seen).toEqual([])
  await scene.stop()
})

test('a secret that is not there is said, and a rotated one is taken on without anybody doing anything', async () => {
  const Name = `late-${randomUUID()}`
  const scene = await start('scram', [
    ['SASL_SCRAM_512_AUTH', Name],
    ['SERVER_ROOT_CA_CERTIFICATE', 'ca'],
  ])
  await vi.waitFor(() => expect(scene.result()).toContain(`secret ${Name} could not be read`), soon)
  await store(Name, { ...kafka.login, password: wrongPassword })
  await vi.waitFor(() => expect(scene.result()).toContain('SASL authentication failed'), soon)
  const SecretString = JSON.stringify(kafka.login)
  await secrets.send(new PutSecretValueCommand({ SecretId: Name, SecretString }))
  await vi.waitFor(() => expect(scene.result()).toBe('OK'), soon)
  expect(scene.seen).toHaveLength(1)
  await scene.stop()
})

test('a topic of the same Kafka takes failed records by the same login', async () => {
  const access: Access = [
    ['SASL_SCRAM_512_AUTH', 'login'],
    ['SERVER_ROOT_CA_CERTIFICATE', 'ca'],
  ]
  const scene = await start('scram', access, true)
  const taken = async () => (await scene.admin.fetchTopicOffsets(`${scene.topic}-failed`))[0]?.high
  await vi.waitFor(async () => expect(await taken()).toBe('1'), soon)
  await scene.stop()
})
