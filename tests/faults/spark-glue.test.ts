/**
 * Records in the frames of AWS Glue, as Spark decodes them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectSpark } from '../../src/connect/spark.ts'
import { jobFileName } from '../../src/core/job.ts'
import { jobPlan } from '../../src/core/job-plan.ts'
import { countBatches, noCounts } from '../../src/core/job-progress.ts'
import { frame } from '../../src/core/wire-format.ts'
import { avroCodec } from '../fixtures/avro-codec.ts'
import { job, type Scene, startScene } from '../spark/scene.ts'
import { expected, type Signup, signups, wholeMinutesAgo } from '../spark/signups.ts'

const sql = readFileSync(resolve(import.meta.dirname, '../..', jobFileName(job.name)), 'utf8')
const base = wholeMinutesAgo(60)
const patience = { timeout: 240_000, interval: 1_000 }
const folder = mkdtempSync(join(tmpdir(), 'sluice-glue-'))
let scene: Scene

beforeAll(async () => {
  scene = await startScene()
})

afterAll(async () => {
  await scene?.close()
  rmSync(folder, { recursive: true, force: true })
})

const uuid = '3f2b8a1c-0d4e-4f5a-9b6c-7d8e9f0a1b2c'
const inGlue = signups(60, base, 'g')
const compressed = signups(7, base, 'z')

test("records in Glue's frame are decoded by the UUID of their schema; compressed ones count as not decodable", async () => {
  const { source } = scene
  const codec = avroCodec(source.schema)
  const empty = Object.fromEntries(source.schema.fields.map(({ name }) => [name, '']))
  const payload = ({ id, country }: Signup) => codec.encode({ ...empty, id, country })
  await scene.publish(inGlue.map((each) => ({ value: frame(uuid, payload(each)), timestamp: each.at })))
  await scene.publish(
    compressed.map((each) => {
      const header = Buffer.from(`0305${uuid.replaceAll('-', '')}`, 'hex')
      return { value: Buffer.concat([header, deflateSync(payload(each))]), timestamp: each.at }
    }),
  )
  const kafka = { 'kafka.bootstrap.servers': scene.stack.endpoints.kafka.bootstrapServers }
  const schemas = new Map([[uuid, JSON.stringify(source.schema)]])
  const place = { kafka, resultSchemaId: uuid.replace('3f', 'a0'), trigger: '1 second' }
  const plan = jobPlan(job, sql, [{ topic: source, schemas, unknown: [] }], place)
  const session = connectSpark(scene.stack.endpoints.spark.url)
  const query = await session.start(plan, `file://${join(folder, 'checkpoint')}`)
  const counts = async () => {
    expect(await query.failure()).toBeNull()
    return countBatches(noCounts, await query.progressAfter(noCounts.batchId))
  }
  await expect
    .poll(counts, patience)
    .toMatchObject({ records: inGlue.length + compressed.length, undecodable: compressed.length, late: 0 })
  await expect.poll(() => scene.results(), patience).toEqual(expected(inGlue))
  await query.stop()
  await session.close()
}, 500_000)
