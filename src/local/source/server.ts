/**
 * The bundled source: an HTTP server that stands in for the sources of all pipelines, `GET /<pipeline>`.
 * Not for what it answers: see routes.ts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { watchMachine } from './machine.ts'
import { BadRequest } from './parameters.ts'
import { routes, type Surroundings } from './routes.ts'

/** A listening source. */
export type SourceServer = { readonly port: number; close(): Promise<void> }

/** Where to listen, and the folder with the services' log files. */
export type SourceOptions = { readonly port: number; readonly host: string; readonly logs: string }

/** Listens; port 0 takes a free one. */
export function startSourceServer({ port, host, logs }: SourceOptions): Promise<SourceServer> {
  const machine = watchMachine()
  const server = createServer((request, response) => {
    answer(request, { logs, machine }).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 500, { error: 'The source could not read what it serves.' }),
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      void machine.stop()
      reject(error)
    })
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: async () => {
          const closed = new Promise((done) => server.close(done))
          server.closeAllConnections()
          await Promise.all([closed, machine.stop()])
        },
      })
    })
  })
}

type Answer = { readonly status: number; readonly body: object }

async function answer({ method, url: target = '/' }: IncomingMessage, surroundings: Surroundings): Promise<Answer> {
  const { pathname, searchParams } = new URL(target, 'http://source')
  const names = Object.keys(routes)
  if (method !== 'GET') return { status: 405, body: { error: 'There is GET only.' } }
  if (pathname === '/') return { status: 200, body: { sources: names.map((name) => `/${name}`) } }
  const name = names.find((each) => pathname === `/${each}`)
  const route = name === undefined ? undefined : routes[name]
  if (!route) return { status: 404, body: { error: `There is nothing here: there are /${names.join(', /')}.` } }
  try {
    return { status: 200, body: await route(searchParams, surroundings) }
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, body: { error: error.message } }
    throw error
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}
