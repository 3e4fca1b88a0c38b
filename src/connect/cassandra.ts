/**
 * Connections to Cassandra through cassandra-driver: consistency, pool and retry settings in one place.
 * Not for statements: those are rendered by src/core.
 */
import { auth, Client, policies, types } from 'cassandra-driver'
import type { CassandraEndpoint } from '../core/endpoints.ts'

/**
 * A client that is not yet connected; the first request connects. LOCAL_QUORUM for reads and writes; 12 s a request.
 * A host that went away is tried each second: until then every request fails, also after the host is back.
 */
export function connectCassandra({ host, port, localDataCenter, login }: CassandraEndpoint): Client {
  const client = new Client({
    contactPoints: [host],
    protocolOptions: { port },
    localDataCenter,
    authProvider: new auth.PlainTextAuthProvider(login.username, login.password),
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true, isIdempotent: true },
    socketOptions: { connectTimeout: 3_000, readTimeout: 12_000 },
    policies: { reconnection: new policies.reconnection.ExponentialReconnectionPolicy(100, 1_000, false) },
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1 }, heartBeatInterval: 30_000 },
  })
  refreshOneAtATime((client as unknown as { controlConnection: ControlConnection }).controlConnection)
  return client
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
