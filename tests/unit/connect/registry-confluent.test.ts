import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { connectRegistry } from '../../../src/connect/registry.ts'
import { startHttpServer } from '../../fixtures/http-server.ts'

const unavailable = { code: 'REGISTRY_UNAVAILABLE', retryable: true }

test('a registry that nobody listens for is away', async () => {
  const server = await startHttpServer()
  await server.close()
  await expect(connectRegistry(server).schemaById(1)).rejects.toMatchObject(unavailable)
})

test.each([
  ['an error', { status: 500, body: '{"error_code":50001}' }],
  ['a page of HTML', { status: 200, body: '<html></html>' }],
  ['JSON of something else', { status: 200, body: '"ok"' }],
  ["a proxy's own 404", { status: 404, body: '<html>not found</html>' }],
  ['nothing at all', { hang: true as const }],
])('a registry behind somebody who answers %s is away, so that no record is given up for it', async (_, answer) => {
  const server = await startHttpServer()
  try {
    server.answer = () => answer
    const client = connectRegistry(server, 300)
    await expect(client.schemaById(1)).rejects.toMatchObject(unavailable)
    await expect(client.idOf('orders-value', '"string"')).rejects.toMatchObject(unavailable)
  } finally {
    await server.close()
  }
})

test("an id of AWS Glue is unknown without asking, as the registry could take it for another's", async () => {
  const server = await startHttpServer()
  try {
    await expect(connectRegistry(server).schemaById(randomUUID())).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN' })
    expect(server.requests).toEqual([])
  } finally {
    await server.close()
  }
})
