/**
 * Versions of keys as records, and a reader that watches how the rows of the keys move through them.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { pipeline } from '../../pipelines/users.ts'
import type { OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import { valueSubject } from '../../src/core/names.ts'
import { frame } from '../../src/core/wire-format.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import type { FaultEnvironment } from './environment.ts'

/** A record that says which version of its key it is. */
export type VersionMaker = (key: string, version: number, more?: Partial<OutgoingRecord>) => OutgoingRecord

/** So many keys. */
export function keys(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID())
}

/** Makes users whose phone is their version. Their time is now unless `more` gives one. */
export async function versionMaker({ clients }: FaultEnvironment): Promise<VersionMaker> {
  const { name, schema } = pipeline.topic
  const schemaId = await clients.registry.idOf(valueSubject(name), JSON.stringify(schema))
  const codec = avroCodec(schema)
  const user = Object.fromEntries(schema.fields.map((field) => [field.name, 'x@example.com']))
  return (key, version, more = {}) => ({
    key,
    value: frame(schemaId, codec.encode({ ...user, id: key, phone: String(version) })),
    headers: {},
    timestamp: Date.now(),
    ...more,
  })
}

/** What a reader saw of the rows of some keys. */
export type RowWatch = {
  /** One sentence for each time that a row was seen older than before. */
  readonly steppedBack: readonly string[]
  /** How often a row was seen newer than before. */
  readonly advances: () => number
  /** Resolves when the rows have been seen newer so many more times. Fails when the reader did. */
  advanced(times: number): Promise<void>
  /** Ends the reader after a last look; the version of each key, 0 for one without a row. */
  end(): Promise<number[]>
}

/** Reads the rows of the keys again and again. */
export function watchRows({ clients }: FaultEnvironment, watched: readonly string[]): RowWatch {
  const seen = new Map<string, number>()
  const steppedBack: string[] = []
  let advances = 0
  let isOver = false
  const look = async () => {
    const { rows } = await clients.cassandra.execute('SELECT id, phone FROM sluice.created_users WHERE id IN ?', [
      watched,
    ])
    for (const { id, phone } of rows) {
      const [before, now] = [seen.get(`${id}`) ?? 0, Number(phone)]
      if (now < before) steppedBack.push(`${id} from ${before} to ${now}`)
      if (now > before) advances += 1
      seen.set(`${id}`, now)
    }
  }
  const reading = (async () => {
    for (let isLast = false; !isLast; await delay(5)) {
      isLast = isOver
      await look()
    }
  })()
  reading.catch(() => {})
  return {
    steppedBack,
    advances: () => advances,
    async advanced(times) {
      const goal = advances + times
      const arrived = async () => {
        while (advances < goal && !isOver) await delay(5)
      }
      await Promise.race([arrived(), reading])
    },
    async end() {
      isOver = true
      await reading
      return watched.map((key) => seen.get(key) ?? 0)
    },
  }
}
