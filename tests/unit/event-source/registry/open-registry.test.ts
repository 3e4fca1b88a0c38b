import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { openRegistry, registryNeedsSecrets } from '../../../../src/event-source/registry/open-registry.ts'
import type { Secrets } from '../../../../src/event-source/secrets.ts'
import { newAuthority } from '../../../fixtures/certificates.ts'
import { startHttpServer } from '../../../fixtures/http-server.ts'

const schema = JSON.stringify({ schema: '"string"', schemaType: 'AVRO' })
const secrets = (held: Record<string, unknown>): Secrets => {
  const read = async (id: string) => {
    if (!(id in held)) throw new Error(`secret ${id} could not be read: ResourceNotFoundException`)
    return held[id] as never
  }
  return { login: read, certificate: read, authority: read }
}
const confluent = (url: string, more: object = {}) => ({
  registry: { kind: 'confluent' as const, url, login: null, certificate: null, authority: null, ...more },
})

test('a login is sent as HTTP has it', async () => {
  const server = await startHttpServer()
  server.answer = () => ({ body: schema })
  try {
    const held = secrets({ l: { username: 'ü', password: 'p:p' } })
    const registry = await openRegistry(confluent(server.url, { login: 'l' }), held)
    expect(await registry.registeredSchema(7)).toEqual({ text: '"string"', dataFormat: 'AVRO' })
    const { authorization = '' } = server.requests[0]?.headers ?? {}
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe('ü:p:p')
  } finally {
    await server.close()
  }
})

test('a private authority is trusted where it is named, and a certificate shown', async () => {
  const authority = newAuthority('Tests')
  const own = authority.issue({ name: 'localhost', addresses: ['127.0.0.1'] })
  const client = authority.issue({ name: 'poller' })
  const server = createServer(
    { cert: own.certificate, key: own.privateKey, ca: authority.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      response.end(subject.CN === 'poller' ? schema : '{}')
    },
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const held = secrets({ ca: authority.ca, client, foreign: newAuthority('Foreign').ca })
  try {
    const registry = await openRegistry(confluent(url, { authority: 'ca', certificate: 'client' }), held)
    expect(await registry.schemaById(1)).toBe('"string"')
    const unavailable = { code: 'REGISTRY_UNAVAILABLE' }
    for (const more of [{}, { authority: 'ca' }, { authority: 'foreign', certificate: 'client' }]) {
      const refused = await openRegistry(confluent(url, more), held)
      await expect(refused.schemaById(1)).rejects.toMatchObject(unavailable)
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('a secret that cannot be read is said by its name', async () => {
  await expect(openRegistry(confluent('http://h', { login: 'none' }), secrets({}))).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: 'the schema registry was not asked: secret none could not be read: ResourceNotFoundException',
  })
})

test('a refused login shows neither name nor password', async () => {
  const server = await startHttpServer()
  server.answer = () => ({ status: 401, body: '{"error_code":40101}' })
  try {
    const held = secrets({ l: { username: 'canary-u', password: 'canary-p' } })
    const registry = await openRegistry(confluent(server.url, { login: 'l' }), held)
    const error = await registry.registeredSchema(1).catch((error: Error) => error)
    expect(error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/canary|Y2FuYXJ5/)
  } finally {
    await server.close()
  }
})

test('secrets are needed where any is named', () => {
  const rest = { format: 'JSON', attributes: ['value'] } as const
  expect(registryNeedsSecrets({ ...confluent('http://h'), ...rest })).toBe(false)
  expect(registryNeedsSecrets({ ...confluent('http://h', { authority: 'a' }), ...rest })).toBe(true)
  expect(registryNeedsSecrets({ registry: { kind: 'glue', name: 'g', region: 'r' }, ...rest })).toBe(false)
})
