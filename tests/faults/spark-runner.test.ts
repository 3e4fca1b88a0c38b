/**
 * spark/runner.py on Spark's own Python API, held to the results that the Spark Connect client is held to in tests/spark.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { pysparkFolder } from '../../scripts/install/paths.mjs'
import { install } from '../../scripts/install.mjs'
import { jobFileName } from '../../src/core/job.ts'
import { jobTemplate } from '../../src/core/job-template.ts'
import { valueSubject } from '../../src/core/names.ts'
import { topicsOf } from '../../src/core/topology.ts'
import { frame } from '../../src/core/wire-format.ts'
import { type ChildProcess, startChild } from '../../src/local/child-process.ts'
import { sparkSubmit } from '../../src/local/spark.ts'
import { job, type Scene, startScene } from '../spark/scene.ts'
import { expected, minute, signups, wholeMinutesAgo } from '../spark/signups.ts'

const clone = resolve(import.meta.dirname, '../..')
const base = wholeMinutesAgo(60)
const patience = { timeout: 240_000, interval: 1_000 }
const folder = mkdtempSync(join(tmpdir(), 'sluice-runner-'))
const logFile = join(folder, 'runner.log')
let scene: Scene
let runner: ChildProcess
let hasEnded: boolean

beforeAll(async () => {
  await install({ report: (line) => process.stderr.write(`${line}\n`), purpose: 'runner' })
  scene = await startScene({ pipeline, job }, ['kafka', 'registry'])
  const sql = readFileSync(join(clone, jobFileName(job.name)), 'utf8')
  writeFileSync(join(folder, 'template.json'), JSON.stringify(jobTemplate(job, sql, topicsOf(pipeline))))
  mkdirSync(join(folder, 'temporary'))
}, 900_000)

afterAll(async () => {
  await runner?.stop(20_000)
  await scene?.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(): void {
  const given = {
    template: `file://${join(folder, 'template.json')}`,
    checkpoint: `file://${join(folder, 'checkpoint')}`,
    trigger: '1 second',
    kafka: JSON.stringify({ 'kafka.bootstrap.servers': scene.stack.endpoints.kafka.bootstrapServers }),
    confluent: scene.stack.endpoints.registry.url,
  }
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value])
  const application = [join(clone, 'spark/runner.py'), ...args]
  const command = sparkSubmit(join(folder, 'temporary'), {}, application, {
    PYTHONPATH: pysparkFolder,
    PYSPARK_PYTHON: 'python3',
    PYTHONDONTWRITEBYTECODE: '1',
  })
  const started = startChild(folder, 'runner', command, logFile)
  runner = started
  hasEnded = false
  void started.exited.then(() => {
    hasEnded = runner === started
  })
}

/** What it said, each line an object. Fails with the end of its log when it has ended. */
function lines(): Record<string, unknown>[] {
  const log = readFileSync(logFile, 'utf8')
  if (hasEnded) throw new Error(log.slice(-4_000))
  const found = log.split('\n').filter((line) => line.startsWith('{"job"'))
  return found.map((line) => JSON.parse(line))
}

const sum = (key: string) => lines().reduce((all, line) => all + Number(line[key] ?? 0), 0)
const counts = () => ({ records: sum('records'), undecodable: sum('undecodable'), late: sum('late') })

const nickname = { name: 'nickname', type: ['null', 'string'], default: null } as const
const onTime = [...signups(600, base, 'a'), ...signups(300, base + minute, 'a')]

test('the runner gives what the client gives, and goes on over schemas that appear', async () => {
  const { schema } = scene.source
  const wider = { ...schema, fields: [...schema.fields, nickname] }
  await scene.publishSignups(onTime.slice(0, 600))
  await scene.publish([{ value: Buffer.from('no frame'), timestamp: base }])
  await scene.publish([{ value: frame(999_999, Buffer.from('anything')), timestamp: base }])
  await scene.publishSignups(onTime.slice(600), wider)
  start()
  await expect.poll(counts, patience).toEqual({ records: 902, undecodable: 2, late: 0 })
  await expect.poll(() => scene.results(), patience).toEqual(expected(onTime))
  expect(lines()).toContainEqual({ job: job.name, schema: 999_999, known: false })

  const widest = { ...schema, fields: [...wider.fields, { ...nickname, name: 'title' }] }
  const closing = { id: 'closing', country: 'France', at: base + 10 * minute }
  await scene.publishSignups([closing], widest)
  onTime.push(closing)
  await expect.poll(counts, patience).toEqual({ records: 903, undecodable: 2, late: 0 })
  await expect.poll(() => scene.results(), patience).toEqual(expected(onTime))
  const subject = valueSubject(scene.source.name)
  const versions = await scene.registry.versions(subject)
  const newest = await scene.registry.idOf(subject, versions.at(-1) ?? '')
  expect(lines()).toContainEqual({ job: job.name, schema: newest, known: true })
}, 900_000)

test('killed and started again, it goes on from its checkpoint and knows what is late', async () => {
  runner.signal('SIGKILL')
  await runner.exited
  const more = signups(60, base + 10 * minute, 'b')
  await scene.publishSignups([...signups(100, base, 'late'), ...more])
  start()
  await expect.poll(counts, patience).toEqual({ records: 1_063, undecodable: 2, late: 100 })
  await expect.poll(() => scene.results(), patience).toEqual(expected([...onTime, ...more]))
}, 900_000)
