/**
 * Command lines for the JVM services: the flags they share, and class archives that halve the start.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './child-process.ts'
import { archivePath, jarFolder, javaProgram } from './installation.ts'

/** A JVM to start. */
export type JavaProgram = {
  readonly service: 'kafka' | 'cassandra' | 'registry' | 'spark'
  readonly heapMegabytes: number
  readonly options: readonly string[]
  /** Class path and main class, or -jar. */
  readonly main: readonly string[]
  /** Variables beside those that all have. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Starting fast matters more than peak speed here: one compiler tier, one collector thread, the heap at its size at
 * once for small services. Temporary files stay in the folder given.
 */
export function javaCommand(
  { service, heapMegabytes, options, main, env = {} }: JavaProgram,
  temporary: string,
): Command {
  return {
    program: javaProgram(),
    args: [
      `-Xms${heapMegabytes}m`,
      `-Xmx${heapMegabytes}m`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:-UsePerfData',
      '-XX:+ExitOnOutOfMemoryError',
      ...archiveOptions(service),
      `-Djava.io.tmpdir=${temporary}`,
      '-Djava.awt.headless=true',
      '-Djava.net.preferIPv4Stack=true',
      ...options,
      ...main,
    ],
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...env },
    cwd: temporary,
  }
}

function archiveOptions(service: string): string[] {
  const path = archivePath(service)
  return existsSync(path) ? [`-XX:SharedArchiveFile=${path}`, '-Xshare:auto'] : []
}

/** The same command, but one that writes a class archive when it ends, instead of reading one. */
export function recordingArchive(command: Command, path: string): Command {
  const args = command.args.filter((arg) => !arg.startsWith('-XX:SharedArchiveFile='))
  const first = args.findIndex((arg) => arg.startsWith('-Xms'))
  return { ...command, args: args.toSpliced(first, 0, `-XX:ArchiveClassesAtExit=${path}`) }
}

/**
 * The jars of a service in a fixed order, `last` ones at the end: an archive is only valid for the very same class
 * path, and the JVM moves the jars that a manifest names behind the jar that names them.
 */
export function classPath(service: 'kafka' | 'cassandra', last: readonly string[] = []): string {
  const folder = join(jarFolder(service), 'lib')
  const place = (name: string) => last.findIndex((prefix) => name.startsWith(prefix))
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((name) => join(folder, name))
    .join(':')
}
