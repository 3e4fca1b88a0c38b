/**
 * The local stack: starts the services of an environment side by side, and ends them in order.
 * Not for any one of them, nor for what is deployed on them.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoints } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import { storedLogin } from './cassandra-login.ts'
import { endpointsOf } from './endpoints.ts'
import type { FunctionView, HostingOf, SparkView } from './hosting.ts'
import { startUntilReady } from './kept-service.ts'
import { assertPortsFree } from './port-check.ts'
import { kafkaNodes, type Ports } from './ports.ts'
import { asProcesses } from './process-hosting.ts'
import type { RunningService } from './running-service.ts'
import { foldersOf, type ServiceName, serviceNames, serviceTitles } from './service.ts'
import { claimFolder, markReady, releaseFolder } from './state.ts'

/** What to start, and where. */
export type StackOptions = {
  /** Absolute; holds data, logs and configuration of this environment. */
  readonly folder: string
  /** They say how many nodes Kafka has, too. */
  readonly ports: Ports
  /** Whether to begin with no data. */
  readonly fresh: boolean
  /** Child processes unless given. */
  readonly hosting?: HostingOf
  /** All but Spark unless given. */
  readonly services?: readonly ServiceName[]
  /** Gets one line per event. */
  readonly report: (line: string) => void
}

/** A stack whose services are starting or up. */
export type LocalStack = {
  /** As this machine reaches them. */
  readonly endpoints: Endpoints
  readonly functionView: FunctionView
  readonly sparkView: SparkView
  /**
   * For each service: resolves when it does its work for a client. Fails with SERVICE_FAILED; for one that was not
   * asked for it stays open.
   */
  readonly ready: Readonly<Record<ServiceName, Promise<void>>>
  /** Resolves when all of them are ready; fails with the first failure, and the caller then stops the stack. */
  readonly allReady: Promise<void>
  /**
   * Never resolves; fails with SERVICE_FAILED when a service that was ready ends unasked. A node of a Kafka cluster and
   * Spark are started again instead, as the others go on without them.
   */
  readonly failed: Promise<never>
  /** Control over one of the services. */
  service(name: ServiceName): RunningService
  /**
   * Starts a service that is not there from the beginning, again and again until it is ready; resolves then, or when
   * the stack stops. Fails with ARGUMENT_INVALID where this stack has no such service.
   */
  keep(name: ServiceName): Promise<void>
  /** Writes the emulator's deployed state to disk, so that even a kill does not lose it. */
  save(): Promise<void>
  /** Ends all services in order and gives the folder up. Every call gets the same end. */
  stop(): Promise<void>
}

/** Those that are started with the others only where asked for: later, by their control. */
const laterServices: readonly ServiceName[] = ['spark']
/** The quickest first, so that work on it can begin; then by how long they take. */
const startOrder: readonly ServiceName[] = [
  'source',
  'emulator',
  'cassandra',
  'registry',
  'kafka',
  'kafka-2',
  'kafka-3',
  'spark',
]
/** Those that use others first. */
const stopOrder: readonly (readonly ServiceName[])[] = [
  ['spark'],
  ['source'],
  ['emulator'],
  ['registry'],
  ['cassandra'],
  // Together: a node that stops waits for the others to take its partitions, and the last ones would have nobody.
  ['kafka', 'kafka-2', 'kafka-3'],
]

/**
 * Claims the folder, ends what a killed parent left there, checks the ports and starts the services. Resolves before
 * they are ready. Fails with STACK_ALREADY_RUNNING, PORT_TAKEN, PREREQUISITE_MISSING, or ARGUMENT_INVALID where the data
 * is that of another number of Kafka nodes.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { folder, ports, fresh, services, report, hosting: hostingOf = asProcesses } = options
  const folders = foldersOf(folder)
  const hosting = hostingOf(folder, ports)
  const exists = (name: ServiceName) => hosting.listeners(name).length > 0
  const isAsked = (name: ServiceName) => services?.includes(name) ?? !laterServices.includes(name)
  const wanted = startOrder.filter((name) => exists(name) && isAsked(name))
  const isControlled = (name: ServiceName) => wanted.includes(name) || (exists(name) && laterServices.includes(name))
  const nodes = kafkaNodes(ports)
  const death = Promise.withResolvers<never>()
  death.promise.catch(() => {})

  const prepare = async () => {
    await hosting.clear(fresh, report)
    await assertPortsFree(wanted.flatMap(hosting.listeners))
    if (fresh) rmSync(folders.data('.'), { recursive: true, force: true })
    mkdirSync(folders.data('.'), { recursive: true, mode: 0o700 })
    mkdirSync(join(folder, 'logs'), { recursive: true })
    const endpoints = endpointsOf(ports, storedLogin(folder))
    const controlled = hosting.services(endpoints, onDeath).filter(({ name }) => isControlled(name))
    return { endpoints, controls: new Map(controlled.map((each) => [each.name, each])) }
  }

  claimFolder(folder, ports)
  const { endpoints, controls } = await prepare().catch((error: unknown) => {
    releaseFolder(folder)
    throw error
  })
  const service = (name: ServiceName) => {
    const found = controls.get(name)
    if (!found) throw new SluiceError('ARGUMENT_INVALID', `this stack has no service "${name}"`)
    return found
  }

  function onDeath(name: ServiceName, error: SluiceError): void {
    if (laterServices.includes(name)) {
      report(`${error.message.split(';')[0]}: the others go on, and it starts again`)
      void keep(name)
      return
    }
    if (nodes.length === 1 || !nodes.some((node) => node.name === name)) {
      death.reject(error)
      return
    }
    report(`${error.message.split(';')[0]}: the cluster goes on, and the node starts again`)
    service(name)
      .start()
      .then(() => report(`${serviceTitles[name]} is back and has caught up`), death.reject)
  }

  const ending = new AbortController()
  const keep = (name: ServiceName) =>
    startUntilReady(service(name), () => assertPortsFree(hosting.listeners(name)), report, ending.signal)

  const start = async (name: ServiceName) => {
    const startedAt = performance.now()
    if (name !== 'source') writeFileSync(folders.logFile(name), '')
    await service(name).start()
    report(`${serviceTitles[name]} ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  const started = new Map(wanted.map((name) => [name, start(name)]))
  for (const promise of started.values()) promise.catch(() => {})
  const ready = (name: ServiceName) => started.get(name) ?? new Promise<void>(() => {})
  const allReady = Promise.all(started.values()).then(() => markReady(folder, ports))
  allReady.catch(() => {})

  const end = async () => {
    ending.abort()
    try {
      for (const names of stopOrder) await Promise.all(names.map((name) => controls.get(name)?.stop()))
      await Promise.allSettled(started.values())
      await hosting.release()
    } finally {
      releaseFolder(folder)
    }
  }
  let ended: Promise<void> | undefined
  return {
    endpoints,
    functionView: hosting.functionView(endpoints),
    sparkView: hosting.sparkView(endpoints),
    ready: Object.fromEntries(serviceNames.map((name) => [name, ready(name)])) as LocalStack['ready'],
    allReady,
    failed: death.promise,
    service,
    keep,
    save: () => hosting.save(service('emulator')),
    stop: () => {
      ended ??= end()
      return ended
    },
  }
}
