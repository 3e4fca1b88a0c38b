/**
 * What the write stage reaches: apart, so that the other functions do not carry how its batches are written.
 */
import { writeBatchesWhole } from '../connect/cassandra-batch.ts'
import { type Connections, connectionsFromEnvironment, once } from './connections.ts'

/** The connections that the process environment names. Fails with ENVIRONMENT_INVALID. */
export function writeConnections(): Connections {
  const connections = connectionsFromEnvironment()
  const cassandra = once(async () => {
    const client = await connections.cassandra()
    writeBatchesWhole(client)
    return client
  })
  return { ...connections, cassandra }
}
