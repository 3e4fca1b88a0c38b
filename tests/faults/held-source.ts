/**
 * The bundled source behind a gate: it answers no request before it is told to.
 */
import { createServer } from 'node:http'
import { startSourceServer } from '../../src/local/source/server.ts'
import type { FaultEnvironment } from './environment.ts'

/** The source of an environment, held. */
export type HeldSource = {
  /** Answers the requests that wait, and all later ones. */
  release(): void
  /** Puts the environment's own source back. */
  restore(): Promise<void>
}

/** Takes the source's place; `change` makes other answers of its own. */
export async function holdSource(
  environment: FaultEnvironment,
  change: (body: string) => string = (body) => body,
): Promise<HeldSource> {
  const gate = Promise.withResolvers<void>()
  const { port } = new URL(environment.endpoints.source.url)
  await environment.service('source').stop()
  const source = await startSourceServer({ port: 0, host: '127.0.0.1', logs: '' })
  const server = createServer(async ({ url }, response) => {
    await gate.promise
    const answer = await fetch(`http://127.0.0.1:${source.port}${url}`)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(change(await answer.text()))
  })
  await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve))
  return {
    release: gate.resolve,
    async restore() {
      gate.resolve()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await source.close()
      await environment.service('source').start()
    },
  }
}
