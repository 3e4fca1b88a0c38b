import { once } from 'node:events'
import type { LookupFunction } from 'node:net'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { linkHeader } from '../../../../src/core/pagination.ts'
import { notPublic, publicLookup } from '../../../../src/runtime/source/addresses.ts'
import { sourceClient } from '../../../../src/runtime/source/client.ts'
import { sourceLimits } from '../../../../src/runtime/source/limits.ts'
import { sender } from '../../../../src/runtime/source/request.ts'
import { startHttpServer } from '../../../fixtures/http-server.ts'
import { orders } from '../../../fixtures/orders.ts'

const server = await startHttpServer()
const other = await startHttpServer()
afterAll(() => Promise.all([server.close(), other.close()]))
beforeEach(() => {
  server.requests.length = 0
  other.requests.length = 0
})

const request = { cursor: null, limit: 5, seed: null }
const page = { body: JSON.stringify({ items: [{ id: 'a' }], next: null }) }
const limits = { ...sourceLimits, attempts: 1 }
/** Resolves every name to these addresses, one list after the other. */
function resolver(...answers: string[][]): LookupFunction & { asked: string[] } {
  const asked: string[] = []
  const lookup: LookupFunction = (hostname, _, callback) => {
    asked.push(hostname)
    const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? []
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return Object.assign(lookup, { asked })
}

describe('an address', () => {
  test.each([
    ['0.0.0.0', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.9.9.9', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a00:1', 'private'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['fd12::1', 'private'],
    ['169.254.169.254', 'link-local, where clouds keep metadata'],
    ['fe80::1', 'link-local, where clouds keep metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['100.64.0.1', 'shared (carrier-grade NAT)'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['64:ff9b::7f00:1', 'translated'],
    ['2002:7f00:1::', 'translated'],
    ['', 'no address'],
  ])('%s is refused as %s', (address, kind) => {
    expect(notPublic(address)).toBe(kind)
  })

  test.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])(
    '%s is public',
    (address) => {
      expect(notPublic(address)).toBeNull()
    },
  )
})

describe("the pipeline's own URL", () => {
  const from = (url: string, lookup = resolver(['127.0.0.1'])) =>
    sourceClient({ ...orders, source: { ...orders.source, url } }, { limits, lookup })(Number.POSITIVE_INFINITY)(
      request,
    )

  test.each([
    ['http', 'http://a.example/', 'a.example is asked for by http://, but only https is allowed'],
    ['an address inside', 'https://10.0.0.1/', '10.0.0.1 is no public address: private'],
    ['one in another notation', 'https://0x7f.1/', '127.0.0.1 is no public address: loopback'],
    ['one of IPv6', 'https://[::ffff:10.0.0.1]:8443/', '[::ffff:a00:1]:8443 is no public address: private'],
    ['a name that leads inside', 'https://a.example/', 'a.example leads to 127.0.0.1, which is no public address'],
  ])('with %s is refused, naming host and reason', async (_, url, what) => {
    await expect(from(url)).rejects.toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining(what) })
  })

  test('is refused when any of its addresses is inside, and no connection is made', async () => {
    const url = server.url.replace('http://127.0.0.1', 'https://a.example')
    await expect(from(url, resolver(['1.1.1.1', '127.0.0.1']))).rejects.toMatchObject({ code: 'SOURCE_REFUSED' })
    expect(server.requests).toEqual([])
  })
})

describe('a name that is bound anew', () => {
  const look = (lookup: LookupFunction, all: boolean) =>
    new Promise((resolve) => lookup('a.example', { all }, (error, found) => resolve(error ?? found)))

  test('is looked up once a connection, which goes to what was checked', async () => {
    const system = resolver(['1.1.1.1', '2606:4700::1111'], ['127.0.0.1'])
    const lookup = publicLookup(system)
    expect(await look(lookup, true)).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
    expect(system.asked).toHaveLength(1)
    expect(await look(lookup, false)).toMatchObject({ code: 'SOURCE_REFUSED' })
    expect(await look(publicLookup(resolver(['1.1.1.1'])), false)).toBe('1.1.1.1')
  })

  test('to nothing is a failure of the connection', async () => {
    expect(await look(publicLookup(resolver([])), true)).toMatchObject({ message: 'no address' })
  })
})

describe('a redirect', () => {
  const read = () => sourceClient(orders, { standIn: server.url, limits })(Number.POSITIVE_INFINITY)(request)
  const redirectTo = (location: string | undefined) => {
    server.answer = ({ pathname }) => {
      if (pathname === '/there') return page
      return { status: 302, headers: location === undefined ? {} : { location } }
    }
    return read()
  }

  test('within the place that the deployment names is followed', async () => {
    expect(await redirectTo('/there')).toMatchObject({ values: [{ id: 'a' }] })
  })

  test.each([
    ['a private address', 'https://192.168.0.1/', 'SOURCE_REFUSED', '192.168.0.1 is no public address: private'],
    ['metadata', 'https://169.254.169.254/latest', 'SOURCE_REFUSED', 'is no public address: link-local'],
    ['another port of this machine', other.url, 'SOURCE_REFUSED', 'only https is allowed'],
    ['a file', 'file:///etc/passwd', 'SOURCE_INVALID', 'redirected without a URL of http or https'],
    ['nowhere', undefined, 'SOURCE_INVALID', 'redirected without a URL of http or https'],
    ['itself', '/', 'SOURCE_REFUSED', 'redirected more than 5 times'],
  ])('to %s is refused', async (_, location, code, what) => {
    await expect(redirectTo(location)).rejects.toMatchObject({ code, message: expect.stringContaining(what) })
    expect(other.requests).toEqual([])
  })

  test("to another origin takes none of the pipeline's headers along, nor back", async () => {
    const send = sender({ trusted: () => true, redirects: 5 })
    server.answer = ({ pathname }) =>
      pathname === '/back' ? page : { status: 307, headers: { location: other.url.replace('//', '//user:canary@') } }
    other.answer = () => ({ status: 302, headers: { location: `${server.url}back` } })
    const response = await send(new URL(server.url), { 'x-api-key': 'canary' }, AbortSignal.timeout(5_000))
    await once(response.resume(), 'end')
    expect(server.requests[0]?.headers['x-api-key']).toBe('canary')
    expect(JSON.stringify(other.requests)).not.toContain('canary')
    expect(server.requests[1]?.headers).not.toHaveProperty('x-api-key')
  })
})

test('a next link to another origin is not followed', async () => {
  const linked = { ...orders, source: { ...orders.source, ...linkHeader({ values: () => [1] }) } }
  server.answer = () => ({ ...page, headers: { link: `<${other.url}x?key=canary>; rel="next"` } })
  const fetchPage = sourceClient(linked, { standIn: server.url, limits })(Number.POSITIVE_INFINITY)
  const { cursor } = await fetchPage(request)
  await expect(fetchPage({ ...request, cursor })).rejects.toMatchObject({
    code: 'SOURCE_INVALID',
    message: `the source ${server.url} named a next page at ${other.url.slice(0, -1)}, not at its own origin`,
  })
  expect(other.requests).toEqual([])
})
