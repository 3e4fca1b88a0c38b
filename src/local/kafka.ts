/**
 * Kafka as a local service: one node in KRaft mode, broker and controller.
 * Not for clients of it: see src/connect/kafka.ts.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { jarFolder, javaProgram, templateFolder } from './installation.ts'
import { classPath, javaCommand } from './java.ts'
import type { Ports } from './ports.ts'
import type { Folders, ProcessService } from './service.ts'
import { render } from './template.ts'

const templates = join(templateFolder, 'kafka')

/** Kafka in an environment; ready when the coordinator of consumer groups answers. */
export function kafkaService(folders: Folders, ports: Ports, bootstrapServers: string): ProcessService {
  return {
    name: 'kafka',
    readyWithinMs: 60_000,
    stopWithinMs: 15_000,
    async prepare() {
      const properties = writeProperties(folders, ports)
      await format(folders.data('kafka'), properties, folders.temporary('kafka'))
      return javaCommand(
        {
          service: 'kafka',
          heapMegabytes: 256,
          options: [`-Dlog4j2.configurationFile=${join(templates, 'log4j2.xml')}`],
          main: ['-cp', classPath('kafka'), 'kafka.Kafka', properties],
        },
        folders,
      )
    },
    async checkReady() {
      const { connectKafka } = await import('../connect/kafka.ts')
      const admin = connectKafka({ bootstrapServers, clientId: 'sluice-readiness' }).admin({ retry: { retries: 0 } })
      try {
        await admin.connect()
        await admin.describeGroups(['sluice-readiness'])
      } finally {
        await admin.disconnect()
      }
    },
  }
}

function writeProperties(folders: Folders, ports: Ports): string {
  const folder = folders.configuration('kafka')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'server.properties')
  const template = readFileSync(join(templates, 'server.properties'), 'utf8')
  const values = { port: ports.kafka, controllerPort: ports.kafkaController, data: folders.data('kafka') }
  writeFileSync(path, render(template, values))
  return path
}

/** Gives new data a cluster id of its own and the feature levels of this version, as `StorageTool format` does. */
async function format(data: string, properties: string, scratch: string): Promise<void> {
  const metaPath = join(data, 'meta.properties')
  if (existsSync(metaPath)) return
  mkdirSync(data, { recursive: true })
  copyFileSync(await featureLevels(properties, scratch), join(data, 'bootstrap.checkpoint'))
  const lines = ['version=1', 'node.id=1', `cluster.id=${newUuid()}`, `directory.id=${newUuid()}`]
  writeFileSync(`${metaPath}.new`, `${lines.join('\n')}\n`)
  renameSync(`${metaPath}.new`, metaPath)
}

/** Kafka's form of a UUID: 16 bytes in URL-safe base64; a leading dash reads as an option of its tools. */
const newUuid = () => randomBytes(16).toString('base64url').replace(/^-/, 'A')

/** The `bootstrap.checkpoint` that StorageTool writes: the same for all new data, so that it is made once. */
async function featureLevels(properties: string, scratch: string): Promise<string> {
  const path = join(jarFolder('kafka'), 'bootstrap.checkpoint')
  if (existsSync(path)) return path
  const own = join(scratch, 'server.properties')
  writeFileSync(own, readFileSync(properties, 'utf8').replace(/^log\.dirs=.*$/m, `log.dirs=${scratch}/data`))
  const tool = ['-cp', classPath('kafka'), 'kafka.tools.StorageTool', 'format', '-t', newUuid(), '-c', own]
  await promisify(execFile)(javaProgram(), tool)
  copyFileSync(join(scratch, 'data', 'bootstrap.checkpoint'), `${path}.${process.pid}`)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
