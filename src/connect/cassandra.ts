/**
 * Connections to Cassandra through cassandra-driver: consistency, pool and retry settings in one place.
 * Not for statements: those are rendered by src/core.
 */
import { auth, Client, policies, types } from 'cassandra-driver'
import type { CassandraEndpoint } from '../core/endpoints.ts'

/** A client that is not yet connected; the first request connects. LOCAL_QUORUM for reads and writes; 12 s a request. */
export function connectCassandra({ host, port, localDataCenter, login }: CassandraEndpoint): Client {
  return new Client({
    contactPoints: [host],
    protocolOptions: { port },
    localDataCenter,
    authProvider: new auth.PlainTextAuthProvider(login.username, login.password),
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true, isIdempotent: true },
    socketOptions: { connectTimeout: 3_000, readTimeout: 12_000 },
    policies: { reconnection: new policies.reconnection.ExponentialReconnectionPolicy(100, 5_000, false) },
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1 }, heartBeatInterval: 30_000 },
  })
}
