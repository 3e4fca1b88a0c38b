/**
 * The login of the local Cassandra: a random one of our own, in a file that only its owner reads.
 * The login that Cassandra is born with is removed.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Client } from 'cassandra-driver'
import { connectCassandra } from '../connect/cassandra.ts'
import { createSuperuser, dropRole } from '../core/cql.ts'
import type { CassandraEndpoint, Login } from '../core/endpoints.ts'
import { foldersOf } from './service.ts'

/** What a new Cassandra lets in. */
export const defaultLogin: Login = { username: 'cassandra', password: 'cassandra' }

/** The file that holds the login of the environment in `folder`: `{"username","password"}`. */
export function loginFile(folder: string): string {
  return join(foldersOf(folder).data('.'), 'cassandra-login.json')
}

/** The login of the environment in `folder`; null when it was never started. */
export function readLogin(folder: string): Login | null {
  try {
    return JSON.parse(readFileSync(loginFile(folder), 'utf8')) as Login
  } catch {
    return null
  }
}

/** The stored login, or a new one, stored with mode 0600 beside the data that it belongs to. */
export function storedLogin(folder: string): Login {
  const stored = readLogin(folder)
  if (stored) return stored
  const login = { username: 'sluice', password: randomBytes(24).toString('base64url') }
  mkdirSync(foldersOf(folder).data('.'), { recursive: true, mode: 0o700 })
  writeFileSync(loginFile(folder), `${JSON.stringify(login)}\n`, { mode: 0o600 })
  return login
}

/** Makes the endpoint's login work and the default one not; fails while Cassandra does not answer yet. */
export async function ensureOnlyLogin(endpoint: CassandraEndpoint): Promise<void> {
  await reach(endpoint)
  const dropDefault = (client: Client) => client.execute(dropRole(defaultLogin.username), [], simple)
  try {
    await withClient(endpoint, dropDefault)
  } catch (error) {
    if (!isRefusal(error)) throw error
    await withClient({ ...endpoint, login: defaultLogin }, (client) =>
      client.execute(createSuperuser(endpoint.login), [], simple),
    )
    await withClient(endpoint, dropDefault)
  }
}

const simple = { prepare: false }

async function withClient(endpoint: CassandraEndpoint, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = connectCassandra(endpoint)
  try {
    await client.connect()
    await work(client)
  } finally {
    await client.shutdown()
  }
}

/** Whether Cassandra answered and refused the login, as opposed to not answering. */
export function isRefusal(error: unknown): boolean {
  const inner = Object.values((error as { innerErrors?: Record<string, Error> }).innerErrors ?? {})
  return [error as Error, ...inner].some(({ name }) => name === 'AuthenticationError')
}

/** Fails cheaply while nobody listens, before the driver is asked. */
function reach({ host, port }: CassandraEndpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
  })
}
