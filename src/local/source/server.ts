/**
 * The bundled source: an HTTP server in the shape of randomuser.me 1.4, `GET /api/`.
 * Not for the people it serves: see people.ts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { people } from './people.ts'
import { parseQuery } from './query.ts'

/** A listening source. */
export type SourceServer = { readonly port: number; close(): Promise<void> }

/** Listens on 127.0.0.1 unless told; port 0 takes a free one. */
export function startSourceServer(port: number, host = '127.0.0.1'): Promise<SourceServer> {
  const server = createServer(answer)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
          }),
      })
    })
  })
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://source')
  if (request.method !== 'GET' || !/^\/api(\/1\.4)?\/?$/.test(url.pathname)) {
    send(response, 404, { error: 'There is nothing here. Ask GET /api/ with results, page, seed and nat.' })
    return
  }
  const query = parseQuery(url.searchParams)
  if ('error' in query) {
    send(response, 200, query)
    return
  }
  const { seed, results, page } = query
  send(response, 200, { results: people(query), info: { seed, results, page, version: '1.4' } })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}
