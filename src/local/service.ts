/**
 * What a local service is to the stack: a process to start, and a question that tells when it is ready.
 * Not for any particular service: one file each.
 */
import { join } from 'node:path'
import type { Command } from './child-process.ts'

/** The nodes of Kafka: the first one alone, or all as a cluster. */
export type KafkaName = 'kafka' | 'kafka-2' | 'kafka-3'

/** The services of an environment. The source runs inside the parent; the others are processes. */
export type ServiceName = KafkaName | 'cassandra' | 'registry' | 'emulator' | 'source' | 'spark'

/** The services as shown to people. */
export const serviceTitles: Readonly<Record<ServiceName, string>> = {
  kafka: 'Kafka',
  'kafka-2': 'Kafka 2',
  'kafka-3': 'Kafka 3',
  cassandra: 'Cassandra',
  registry: 'Schema registry',
  emulator: 'AWS emulator',
  source: 'Source',
  spark: 'Spark',
}

/** All of them. */
export const serviceNames = Object.keys(serviceTitles) as readonly ServiceName[]

/** A service that is a child process. */
export type ProcessService = {
  readonly name: Exclude<ServiceName, 'source'>
  /** Writes configuration and first data; then the command can run. */
  prepare(): Promise<Command>
  /** Resolves once the service does its work for a client; fails while it does not. Asked again and again. */
  checkReady(): Promise<void>
  readonly readyWithinMs: number
  readonly stopWithinMs: number
}

/**
 * How long a service may take to become ready, in ms: many times what it needs, for a machine that is busy. One that
 * dies is noticed at once all the same.
 */
export const readyWithinMs = 300_000

/** The folders of one environment. */
export type Folders = {
  readonly folder: string
  /** Data of a service: survives a restart. */
  data(name: string): string
  /** Rendered configuration of a service. */
  configuration(name: string): string
  /** Scratch files of a service: emptied at each start. */
  temporary(name: string): string
  logFile(name: string): string
}

/** The folders below an environment's own. */
export function foldersOf(folder: string): Folders {
  return {
    folder,
    data: (name) => join(folder, 'data', name),
    configuration: (name) => join(folder, 'configuration', name),
    temporary: (name) => join(folder, 'temporary', name),
    logFile: (name) => join(folder, 'logs', `${name}.log`),
  }
}
