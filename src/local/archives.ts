/**
 * A program that makes the class archives of the JVM services, by running each once to its readiness and ending it.
 * scripts/install.mjs runs it when the jars or the Java runtime are new. Not needed for correctness, only for speed.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { storedLogin } from './cassandra-login.ts'
import { endpointsOf } from './endpoints.ts'
import { archivePath } from './installation.ts'
import { recordingArchive } from './java.ts'
import { freePorts } from './ports.ts'
import { controlProcess } from './running-service.ts'
import { foldersOf, type ProcessService } from './service.ts'
import { processServices } from './services.ts'

const archives = dirname(archivePath(''))
mkdirSync(archives, { recursive: true })
const folder = mkdtempSync(join(archives, 'making-'))
try {
  const folders = foldersOf(folder)
  const ports = await freePorts()
  const services = processServices(folders, ports, endpointsOf(ports, storedLogin(folder)))
  const archived = services.filter(({ name }) => name !== 'emulator' && name !== 'spark')
  await Promise.all(archived.map(makeArchive))

  async function makeArchive(service: ProcessService) {
    const made = join(folder, `${service.name}.jsa`)
    const prepare = async () => recordingArchive(await service.prepare(), made)
    const running = controlProcess({ ...service, prepare, stopWithinMs: 60_000 }, folders, () => {})
    await running.start().finally(running.stop)
    renameSync(made, archivePath(service.name))
  }
} catch (error) {
  // The installation shows the last line.
  process.stderr.write(`${messageOf(error).split('\n')[0]}\n`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
