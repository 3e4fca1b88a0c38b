import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { openClients } from '../../../src/operations/clients.ts'

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('clients of services that are down end with a code and an address, not with a hang', {
  timeout: 30_000,
}, async () => {
  const [kafka, cassandra] = [await closedPort(), await closedPort()]
  const opened = openClients({
    kafka: { bootstrapServers: `127.0.0.1:${kafka}` },
    cassandra: {
      host: '127.0.0.1',
      port: cassandra,
      localDataCenter: 'datacenter1',
      login: { username: 'sluice', password: 'unused' },
    },
    registry: { url: 'http://127.0.0.1:1' },
    aws: { endpoint: 'http://127.0.0.1:1', region: 'us-east-1', accountId: '000000000000' },
    spark: { url: 'http://127.0.0.1:1' },
    source: { url: 'http://127.0.0.1:1' },
  })
  await expect(opened).rejects.toMatchObject({
    code: 'KAFKA_UNAVAILABLE',
    message: expect.stringContaining(`127.0.0.1:${kafka}`),
  })
})
