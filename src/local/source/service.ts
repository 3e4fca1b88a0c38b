/** The bundled source as a service of the stack: a server inside the parent process. */
import { SluiceError } from '../../core/errors.ts'
import type { RunningService } from '../running-service.ts'
import { type SourceServer, startSourceServer } from './server.ts'

/** Puts the source on 127.0.0.1 under control; it reads the log files in that folder. It ends with the parent, so that a signal only closes it. */
export function controlSource(port: number, logs: string): RunningService {
  let server: SourceServer | null = null
  const stop = async () => {
    const running = server
    server = null
    await running?.close()
  }
  return {
    name: 'source',
    get pid() {
      return server ? process.pid : 0
    },
    async start() {
      server = await startSourceServer({ port, host: '127.0.0.1', logs }).catch((cause: unknown) => {
        throw new SluiceError('SERVICE_FAILED', `the bundled source could not listen on port ${port}`, { cause })
      })
    },
    stop,
    kill: stop,
  }
}
