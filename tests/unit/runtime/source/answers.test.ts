import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { sourceClient } from '../../../../src/runtime/source/client.ts'
import { sourceLimits } from '../../../../src/runtime/source/limits.ts'
import { type Answer, startHttpServer } from '../../../fixtures/http-server.ts'
import { orders } from '../../../fixtures/orders.ts'

const megabyte = 1_048_576
const server = await startHttpServer()
afterAll(() => server.close())
const own: Server[] = []
afterEach(() => {
  for (const each of own.splice(0)) {
    each.close()
    each.closeAllConnections()
  }
})

const request = { cursor: null, limit: 5, seed: null }
const limits = { ...sourceLimits, attempts: 1 }
const read = (answer: Answer, changed = limits) => {
  server.answer = () => answer
  return sourceClient(orders, { standIn: server.url, limits: changed })(Number.POSITIVE_INFINITY)(request)
}
/** Reads from a server of the test's own. */
async function readFrom(listener: RequestListener, changed = limits) {
  const listening = createServer(listener)
  own.push(listening)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const standIn = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`
  return sourceClient(orders, { standIn, limits: changed })(Number.POSITIVE_INFINITY)(request)
}

const page = JSON.stringify({ items: [{ id: 'Zoë' }], next: null })
const zoe = { values: [{ id: 'Zoë' }] }
const json = 'application/json'

describe('an answer packed as it was asked for is unpacked', () => {
  test.each([
    ['gzip', gzipSync(page)],
    ['br', brotliCompressSync(page)],
  ])('%s', async (encoding, body) => {
    expect(await read({ body, headers: { 'content-encoding': encoding } })).toMatchObject(zoe)
    expect(server.requests.at(-1)?.headers['accept-encoding']).toContain(encoding)
  })

  test.each([
    ['gzip', gzipSync(Buffer.alloc(64 * megabyte, ' '))],
    ['br', brotliCompressSync(Buffer.alloc(64 * megabyte, ' '), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('unless it is a bomb of %s', async (encoding, body) => {
    expect(body.length).toBeLessThan(megabyte)
    await expect(read({ body, headers: { 'content-encoding': encoding } })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: `the source ${server.url} answered with more than the ${limits.bodyBytes} bytes that a page may have: ask for less`,
    })
  })

  test.each([
    ['gzip', Buffer.from(page), 'what is not gzip, as it declares'],
    ['br', Buffer.from(page), 'what is not br, as it declares'],
    ['gzip', gzipSync(page).subarray(0, 20), 'what is not gzip, as it declares'],
    ['snappy', Buffer.from(page), 'in the encoding "snappy", which was not asked for'],
  ])('unless what it declares is wrong: %s', async (encoding, body, what) => {
    await expect(read({ body, headers: { 'content-encoding': encoding } })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: `the source ${server.url} answered ${what}`,
    })
  })
})

describe('the charset of an answer', () => {
  test.each([
    ['is UTF-8 where none is declared', json, Buffer.from(page)],
    ['may begin with a mark', `${json}; charset=utf-8`, Buffer.from(`\ufeff${page}`)],
    ['may be another that is declared', `${json}; charset=ISO-8859-1`, Buffer.from(page, 'latin1')],
    ['may be declared in quotes', `${json}; x=y; Charset="utf-16le"`, Buffer.from(page, 'utf16le')],
  ])('%s', async (_, type, body) => {
    expect(await read({ body, headers: { 'content-type': type } })).toMatchObject(zoe)
  })

  test.each([
    ['another than declared', `${json}; charset=utf-8`, 'bytes that are not utf-8'],
    ['another where none is declared', json, 'bytes that are not utf-8'],
    ['an unknown one', `${json}; charset=klingon`, 'in the charset "klingon", which is unknown'],
  ])('%s is refused by name', async (_, type, what) => {
    const body = Buffer.from(page, 'latin1')
    await expect(read({ body, headers: { 'content-type': type } })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringContaining(what),
    })
  })
})

describe('an answer without end', () => {
  test('of 50 MB is cut off while it streams', async () => {
    let sent = 0
    const reading = readFrom((_, response) => {
      const more = () => {
        while (sent < 50 && !response.destroyed) {
          sent += 1
          if (!response.write(Buffer.alloc(megabyte, ' '))) {
            response.once('drain', more)
            return
          }
        }
        response.end()
      }
      more()
    })
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INVALID', message: expect.stringContaining('bytes') })
    expect(sent).toBeLessThan(45)
  })

  test('of 50 MB is not begun where it says so', async () => {
    const reading = readFrom((_, response) => {
      response.writeHead(200, { 'content-length': 50 * megabyte }).write('{')
    })
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INVALID', message: expect.stringContaining('bytes') })
  })

  test('that drips is cut off, though its request has time', async () => {
    let timer: NodeJS.Timeout | undefined
    const reading = readFrom(
      (_, response) => {
        timer = setInterval(() => response.write(' '), 5)
        response.once('close', () => clearInterval(timer))
      },
      { ...limits, slowMs: 100, slowBytes: 1_000 },
    )
    await expect(reading).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(/answered too slowly: fewer than 1000 bytes in 100 ms$/),
    })
  })
})

test('JSON that ends too early is the wrong form; a connection that does is a passing failure', async () => {
  const half = page.slice(0, 12)
  await expect(read({ body: half })).rejects.toMatchObject({ code: 'SOURCE_INVALID' })
  const cutOff = (headers: Record<string, string | number>) =>
    readFrom((_, response) => {
      response.writeHead(200, headers).write(half, () => response.socket?.destroy())
    })
  await expect(cutOff({})).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  await expect(cutOff({ 'content-length': 100 })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  await expect(cutOff({ 'content-encoding': 'gzip' })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
})
