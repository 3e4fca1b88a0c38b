/**
 * Connections to Cassandra and Amazon Keyspaces through cassandra-driver: consistency, pool, TLS and retries in one place.
 * Not for statements (src/core/cql.ts), nor for what is Keyspaces' own (keyspaces.ts).
 */
import { isIP } from 'node:net'
import { auth, Client, type ClientOptions, policies, types } from 'cassandra-driver'
import type { CassandraEndpoint, KeyspacesEndpoint } from '../core/endpoints.ts'
import { cassandraError } from './cassandra-error.ts'
import { keyspacesHost, keyspacesOptions } from './keyspaces.ts'

/**
 * A client that is not yet connected; the first request connects. LOCAL_QUORUM for reads and writes; 12 s a request.
 * A host that went away is tried each second: until then every request fails, also after the host is back.
 */
export function connectCassandra(endpoint: CassandraEndpoint | KeyspacesEndpoint): Client {
  return clientWith('region' in endpoint ? keyspacesOptions(endpoint) : cassandraOptions(endpoint))
}

/** As {@link connectCassandra}, and connected. Fails with CASSANDRA_UNAVAILABLE or CASSANDRA_REFUSED, and then leaves nothing open. */
export async function openCassandra(endpoint: CassandraEndpoint | KeyspacesEndpoint): Promise<Client> {
  const client = connectCassandra(endpoint)
  try {
    await client.connect()
    return client
  } catch (cause) {
    await client.shutdown().catch(() => {})
    throw cassandraError(`${addressOf(endpoint)} did not accept the connection`, cause)
  }
}

/** Where an endpoint is, in words. */
export function addressOf(endpoint: CassandraEndpoint | KeyspacesEndpoint): string {
  return 'region' in endpoint
    ? `Keyspaces at ${keyspacesHost(endpoint.region)}`
    : `Cassandra at ${endpoint.host}:${endpoint.port}`
}

/** A client with the given options and those that hold everywhere. */
export function clientWith(options: ClientOptions): Client {
  const client = new Client({
    ...options,
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true, isIdempotent: true },
    socketOptions: { connectTimeout: 3_000, readTimeout: 12_000 },
    policies: {
      ...options.policies,
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(100, 1_000, false),
    },
    pooling: { ...options.pooling, heartBeatInterval: 30_000 },
  })
  refreshOneAtATime((client as unknown as { controlConnection: ControlConnection }).controlConnection)
  return client
}

/**
 * All rows of a read, page by page. Of Keyspaces a page may be short, or empty, and another follow; the driver's own
 * iteration ends at the first empty page.
 */
export async function allRows(client: Client, query: string, values: readonly unknown[] = []): Promise<types.Row[]> {
  const rows: types.Row[] = []
  let pageState: string | undefined
  do {
    const page = await client.execute(query, [...values], pageState === undefined ? {} : { pageState })
    for (const row of page.rows) rows.push(row)
    pageState = page.pageState ?? undefined
  } while (pageState !== undefined)
  return rows
}

function cassandraOptions({ host, port, localDataCenter, login, ca }: CassandraEndpoint): ClientOptions {
  return {
    contactPoints: [host],
    protocolOptions: { port },
    localDataCenter,
    authProvider: new auth.PlainTextAuthProvider(login.username, login.password),
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1 } },
    ...(ca === undefined ? {} : { sslOptions: tlsOptions(host, ca) }),
  }
}

/**
 * The driver connects to addresses, and would trust any certificate. Of a host with a name, each node's certificate has
 * to hold that name; else the node's own address.
 */
function tlsOptions(host: string, ca: string): NonNullable<ClientOptions['sslOptions']> {
  return { ca, rejectUnauthorized: true, ...(isIP(host) === 0 ? { servername: host } : {}) }
}

/** The part of cassandra-driver's control connection that is repaired here. */
export type ControlConnection = {
  _isShuttingDown: boolean
  _refresh(hosts?: Iterator<unknown>): Promise<void>
}

const refreshPauseMs = 1_000

/**
 * Lets a control connection refresh once at a time, and again after a failure. cassandra-driver 4 can begin a second
 * refresh when a host dies; the two take each other's connection away, and the rejection that nobody handles would end
 * the process.
 */
export function refreshOneAtATime(control: ControlConnection, pauseMs: number = refreshPauseMs): void {
  const refresh = control._refresh.bind(control)
  let running: Promise<void> | null = null
  control._refresh = (hosts) => {
    // With hosts given it is the refresh under way that calls itself.
    if (hosts) return refresh(hosts)
    running ??= refresh()
      .catch(() => {
        if (!control._isShuttingDown) setTimeout(() => control._refresh(), pauseMs)
      })
      .finally(() => {
        running = null
      })
    return running
  }
}
