/**
 * A service that is a container of docker-compose.yml: started, waited for, watched, stopped, and started again.
 */
import { SluiceError } from '../core/errors.ts'
import { type ChildProcess, startChild } from './child-process.ts'
import type { Compose } from './docker.ts'
import { endingSignals, type RunningService } from './running-service.ts'
import { type Folders, type ServiceName, serviceTitles } from './service.ts'
import { until } from './until.ts'

const pollMs = 100

/** A service of the stack, and the service of docker-compose.yml that it is. */
export type ContainerService = {
  readonly name: ServiceName
  readonly container: string
  /** Resolves once the service does its work for a client on this machine; fails while it does not. */
  checkReady(): Promise<void>
  readonly readyWithinMs: number
  readonly stopWithinMs: number
}

/**
 * Puts a container under control. It is ready when Docker finds it healthy and it answers a client on this machine.
 * `onDeath` gets a SERVICE_FAILED when it ends unasked after it was ready.
 */
export function controlContainer(
  { name, container, checkReady, readyWithinMs, stopWithinMs }: ContainerService,
  compose: Compose,
  folders: Folders,
  onDeath: (error: SluiceError) => void,
): RunningService {
  let watch: ChildProcess | null = null
  let endIsWanted = false
  const seconds = (ms: number) => String(Math.ceil(ms / 1000))

  const failure = async (what: string, cause?: unknown) => {
    const log = await compose.run('logs', '--no-log-prefix', '--tail', '8', container).catch(() => '')
    const where = `see "docker logs ${compose.project}-${container}-1"`
    return new SluiceError('SERVICE_FAILED', `${serviceTitles[name]} ${what}; ${where}\n${log.trimEnd()}`, { cause })
  }

  return {
    name,
    pid: 0,
    async start() {
      endIsWanted = false
      let failed = false
      const up = compose.run('up', '--detach', '--wait', '--wait-timeout', seconds(readyWithinMs), container)
      up.catch(() => {
        failed = true
      })
      const ready = until(checkReady, { pollMs, deadlineMs: readyWithinMs }, () => failed || endIsWanted)
      const outcomes = await Promise.allSettled([up, ready])
      const broken = outcomes.find((each) => each.status === 'rejected')
      if (broken) throw await failure(`was not ready within ${seconds(readyWithinMs)} s`, broken.reason)
      const watching = startChild(folders.folder, name, compose.command('wait', container), folders.logFile(name))
      watch = watching
      void watching.exited.then(async () => {
        if (!endIsWanted) onDeath(await failure('ended'))
      })
    },
    async stop() {
      endIsWanted = true
      await compose.run('stop', '--timeout', seconds(stopWithinMs), container)
      await watch?.exited
    },
    async kill(signal) {
      const ends = endingSignals.includes(signal)
      endIsWanted ||= ends
      await compose.run('kill', '--signal', signal, container)
      if (ends) await watch?.exited
    },
  }
}
