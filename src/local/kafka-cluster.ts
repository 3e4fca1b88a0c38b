/**
 * Which cluster the Kafka data of an environment belongs to.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SluiceError } from '../core/errors.ts'
import type { Folders } from './service.ts'

/** Kafka's form of a UUID: 16 bytes in URL-safe base64; a leading dash reads as an option of its tools. */
export const newKafkaId = () => randomBytes(16).toString('base64url').replace(/^-/, 'A')

/**
 * The id that all nodes of the environment's cluster share, made at its first start. Fails with ARGUMENT_INVALID when
 * the data is that of another number of nodes: a quorum of new nodes would begin with an empty log and lose the old one.
 */
export function storedClusterId(folders: Folders, nodes: number): string {
  const path = join(folders.data('.'), 'kafka-cluster.json')
  if (existsSync(path)) {
    const stored = JSON.parse(readFileSync(path, 'utf8')) as { id: string; nodes: number }
    if (stored.nodes === nodes) return stored.id
    throw new SluiceError(
      'ARGUMENT_INVALID',
      `--brokers is ${nodes}, but ${folders.folder} holds the data of ${stored.nodes}: use --brokers ${stored.nodes}, --fresh to begin with no data, or another --environment`,
    )
  }
  const id = newKafkaId()
  writeFileSync(path, `${JSON.stringify({ id, nodes })}\n`)
  return id
}
