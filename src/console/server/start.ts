/**
 * Starting the console: on 127.0.0.1 only, beside an environment that is up.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Clients } from '../../operations/clients.ts'
import type { EventSourcePlace } from '../../operations/event-sources/event-sources.ts'
import { watchFlow } from '../../operations/flow/flow.ts'
import { consoleApp } from './app.ts'
import { builtPages } from './build.ts'
import { type PageFiles, readPages } from './pages.ts'

/** What to show, and where. */
export type ConsoleOptions = {
  /** The name of the environment. */
  readonly environment: string
  readonly pipelines: readonly Pipeline[]
  readonly clients: Clients
  readonly place: EventSourcePlace
  /** 0 for any that is free. */
  readonly port: number
}

/** A console that answers. */
export type RunningConsole = {
  /** Where a browser finds it. */
  readonly url: string
  /** Ends its streams, and resolves when it has stopped. The clients stay open. */
  stop(): Promise<void>
}

/** Starts the console. The pages are built in the background where they are not yet. Fails as the port is taken. */
export async function startConsole({ port, ...given }: ConsoleOptions): Promise<RunningConsole> {
  const { pipelines, clients, place } = given
  const ending = new AbortController()
  const flow = watchFlow(pipelines, clients, place.folder)
  const context = { ...given, flow, epoch: randomBytes(6).toString('hex'), signal: ending.signal }
  let files: Promise<PageFiles> | null = null
  const pages = () => {
    files ??= builtPages().then(readPages)
    files.catch(() => {
      files = null
    })
    return files
  }
  let listening = port
  const app = consoleApp(context, () => listening, pages)
  const server = createServer(getRequestListener(app.fetch))
  const stop = async () => {
    ending.abort()
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await Promise.all([closed, flow.stop()])
  }
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    ending.abort()
    await flow.stop()
    throw error
  }
  const address = server.address()
  listening = typeof address === 'object' && address ? address.port : port
  pages().catch(() => {})
  return { url: `http://127.0.0.1:${listening}`, stop }
}
