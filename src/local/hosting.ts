/**
 * A way to run the services of an environment, as the stack sees it: child processes, or containers.
 */
import type { Endpoints } from '../core/endpoints.ts'
import type { SluiceError } from '../core/errors.ts'
import type { Listener, Ports } from './ports.ts'
import type { RunningService } from './running-service.ts'
import type { ServiceName } from './service.ts'

/** What deployed functions see: the target that they are deployed for, and the services at their addresses. */
export type FunctionView = { readonly target: 'embedded' | 'localstack'; readonly endpoints: Endpoints }

/** What Spark sees: the brokers, comma-joined, and the URL of the folder below which jobs have their checkpoints. */
export type SparkView = { readonly bootstrapServers: string; readonly checkpoints: string }

/** The services of one environment, run in one way. */
export type Hosting = {
  /** The listeners of a service on this machine; none for one that the environment does not have. */
  listeners(name: ServiceName): readonly Listener[]
  /**
   * Makes sure of what it needs and ends what a killed parent left; takes the data away that is not in the
   * environment's folder, if asked to. Fails with PREREQUISITE_MISSING.
   */
  clear(fresh: boolean, report: (line: string) => void): Promise<void>
  /** All services under control, none of them started. `onDeath` gets a SERVICE_FAILED when one ends unasked. */
  services(endpoints: Endpoints, onDeath: (name: ServiceName, error: SluiceError) => void): readonly RunningService[]
  functionView(endpoints: Endpoints): FunctionView
  sparkView(endpoints: Endpoints): SparkView
  /** Has the emulator keep what is deployed, so that an end of the parent does not lose it. */
  save(emulator: RunningService): Promise<void>
  /** Gives up what is left when all services have ended. */
  release(): Promise<void>
}

/** Makes the hosting of the environment in a folder. */
export type HostingOf = (folder: string, ports: Ports) => Hosting
