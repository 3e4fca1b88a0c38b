/**
 * Cassandra over TLS: the whole contract of the connection, and what becomes of clients that it, or that they, must refuse.
 */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openCassandra } from '../../src/connect/cassandra.ts'
import type { CassandraEndpoint } from '../../src/core/endpoints.ts'
import { cassandraService } from '../../src/local/cassandra.ts'
import { endpointsOf } from '../../src/local/endpoints.ts'
import { freePorts } from '../../src/local/ports.ts'
import { controlProcess, type RunningService } from '../../src/local/running-service.ts'
import { foldersOf } from '../../src/local/service.ts'
import { type Authority, type Certificate, newAuthority } from '../fixtures/certificates.ts'
import { cassandraContract } from './connect/cassandra.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-cassandra-tls-'))
const password = 'canary-9f2c41-password'
let authority: Authority
let endpoint: CassandraEndpoint
let service: RunningService | undefined

beforeAll(async () => {
  authority = newAuthority('authority')
  const { certificate, privateKey } = authority.issue({ name: 'cassandra.example', addresses: ['127.0.0.1'] })
  const folders = foldersOf(folder)
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const keystore = join(folder, 'cassandra.pem')
  writeFileSync(keystore, `${privateKey}\n${certificate}\n`, { mode: 0o600 })
  const ports = await freePorts()
  const { cassandra } = endpointsOf(ports, { username: 'sluice', password })
  endpoint = { ...cassandra, ca: authority.ca }
  writeFileSync(folders.logFile('cassandra'), '')
  service = controlProcess(cassandraService(folders, ports, endpoint, tlsOnly(keystore)), folders, () => {})
  await service.start()
})

afterAll(async () => {
  await service?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const tlsOnly = (keystore: string) => `
client_encryption_options:
  enabled: true
  optional: false
  keystore: "${keystore}"
  ssl_context_factory:
    class_name: org.apache.cassandra.security.PEMBasedSslContextFactory
`

describe('over TLS', () => cassandraContract(() => endpoint))

describe('fails soon, and says why, and no secret', () => {
  const refusals: [
    what: string,
    change: (to: CassandraEndpoint) => Promise<CassandraEndpoint>,
    code: string,
    says: string,
  ][] = [
    [
      'with a wrong password',
      async (to) => ({ ...to, login: { username: 'sluice', password: `${password}-wrong` } }),
      'CASSANDRA_REFUSED',
      'refuses the login',
    ],
    [
      'where another authority is trusted',
      async (to) => ({ ...to, ca: newAuthority('foreign').ca }),
      'CASSANDRA_REFUSED',
      'authority that is not trusted',
    ],
    [
      'where the certificate is for another host',
      async (to) => ({ ...to, host: 'localhost' }),
      'CASSANDRA_REFUSED',
      'for another host',
    ],
    [
      'where the certificate has expired',
      async (to) => ({ ...to, port: await listening(await expired()) }),
      'CASSANDRA_REFUSED',
      'has expired',
    ],
    ['without TLS', async ({ ca: _, ...plain }) => plain, 'CASSANDRA_UNAVAILABLE', 'did not accept the connection'],
    [
      'where nobody listens',
      async (to) => ({ ...to, port: await freePort() }),
      'CASSANDRA_UNAVAILABLE',
      'did not accept the connection',
    ],
  ]

  test.each(refusals)('%s', { timeout: 8_000 }, async (_, change, code, says) => {
    const other = await change(endpoint)
    const error = await openCassandra(other).catch((error: unknown) => error)
    expect(error).toMatchObject({ code, retryable: true, message: expect.stringContaining(says) })
    expect((error as Error).message).toContain(`${other.host}:${other.port}`)
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
  })

  const expired = () => authority.issue({ name: 'localhost', addresses: ['127.0.0.1'], expired: true })

  /** A port at which somebody shows this certificate. */
  async function listening({ certificate, privateKey }: Certificate): Promise<number> {
    const server = createServer({ cert: certificate, key: privateKey }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  async function freePort(): Promise<number> {
    return (await freePorts()).cassandra
  }
})
