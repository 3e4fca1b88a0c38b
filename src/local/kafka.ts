/**
 * Kafka as a local service: nodes in KRaft mode, each broker and controller; one alone, or a cluster of three.
 * Not for clients of it: see src/connect/kafka.ts.
 */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ITopicMetadata } from 'kafkajs'
import { jarFolder, javaProgram, templateFolder } from './installation.ts'
import { classPath, javaCommand } from './java.ts'
import { newKafkaId, storedClusterId } from './kafka-cluster.ts'
import type { KafkaNode } from './ports.ts'
import { type Folders, type ProcessService, readyWithinMs } from './service.ts'
import { render } from './template.ts'

const templates = join(templateFolder, 'kafka')

/**
 * A node of Kafka in an environment; ready when it has caught up with its peers and the coordinator of consumer groups
 * answers through it.
 */
export function kafkaService(folders: Folders, node: KafkaNode, nodes: readonly KafkaNode[]): ProcessService {
  const { id, name, port } = node
  return {
    name,
    readyWithinMs,
    stopWithinMs: 15_000,
    async prepare() {
      const properties = writeProperties(folders, node, nodes)
      await format(folders, node, nodes, properties)
      return javaCommand(
        {
          service: 'kafka',
          heapMegabytes: 256,
          options: [`-Dlog4j2.configurationFile=${join(templates, 'log4j2.xml')}`],
          main: ['-cp', classPath('kafka'), 'kafka.Kafka', properties],
        },
        folders.temporary(name),
      )
    },
    async checkReady() {
      const { connectKafka } = await import('../connect/kafka.ts')
      const kafka = connectKafka({ bootstrapServers: `127.0.0.1:${port}`, clientId: 'sluice-readiness' })
      const admin = kafka.admin({ retry: { retries: 0 } })
      try {
        await admin.connect()
        await admin.describeGroups(['sluice-readiness'])
        if (nodes.length > 1) expectInSync(id, await admin.fetchTopicMetadata())
      } finally {
        await admin.disconnect()
      }
    },
  }
}

/** Fails while the node is behind in a partition that it has a replica of. */
function expectInSync(id: number, { topics }: { topics: ITopicMetadata[] }): void {
  const behind = topics
    .flatMap(({ partitions }) => partitions)
    .filter(({ replicas, isr }) => replicas.includes(id) && !isr.includes(id))
  if (behind.length > 0) throw new Error(`${behind.length} partitions have not caught up`)
}

function writeProperties(folders: Folders, node: KafkaNode, nodes: readonly KafkaNode[]): string {
  const folder = folders.configuration(node.name)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'server.properties')
  const template = readFileSync(join(templates, 'server.properties'), 'utf8')
  const values = {
    id: node.id,
    port: node.port,
    controllerPort: node.controllerPort,
    voters: nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    replicas: nodes.length,
    // With three replicas, what two have is acknowledged, so that one may be lost.
    inSyncReplicas: nodes.length > 1 ? 2 : 1,
    data: folders.data(node.name),
  }
  writeFileSync(path, render(template, values))
  return path
}

/** Gives new data the id of its cluster and the feature levels of this version, as `StorageTool format` does. */
async function format(
  folders: Folders,
  { id, name }: KafkaNode,
  nodes: readonly KafkaNode[],
  properties: string,
): Promise<void> {
  const data = folders.data(name)
  const metaPath = join(data, 'meta.properties')
  if (existsSync(metaPath)) return
  mkdirSync(data, { recursive: true })
  copyFileSync(await featureLevels(properties, folders.temporary(name)), join(data, 'bootstrap.checkpoint'))
  const clusterId = storedClusterId(folders, nodes.length)
  const lines = ['version=1', `node.id=${id}`, `cluster.id=${clusterId}`, `directory.id=${newKafkaId()}`]
  writeFileSync(`${metaPath}.new`, `${lines.join('\n')}\n`)
  renameSync(`${metaPath}.new`, metaPath)
}

/** The `bootstrap.checkpoint` that StorageTool writes: the same for all new data, so that it is made once. */
async function featureLevels(properties: string, scratch: string): Promise<string> {
  const path = join(jarFolder('kafka'), 'bootstrap.checkpoint')
  if (existsSync(path)) return path
  const own = join(scratch, 'server.properties')
  writeFileSync(own, readFileSync(properties, 'utf8').replace(/^log\.dirs=.*$/m, `log.dirs=${scratch}/data`))
  const tool = ['-cp', classPath('kafka'), 'kafka.tools.StorageTool', 'format', '-t', newKafkaId(), '-c', own]
  await promisify(execFile)(javaProgram(), tool)
  copyFileSync(join(scratch, 'data', 'bootstrap.checkpoint'), `${path}.${process.pid}`)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
