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
const sql = readFileSync(join(clone, jobFileName(job.name)), 'utf8')
const base = wholeMinutesAgo(60)
const patience = { timeout: 240_000, interval: 1_000 }
const folder = mkdtempSync(join(tmpdir(), 'sluice-runner-'))
const logFile = join(folder, 'runner.log')
let scene: Scene
let runner: ChildProcess | undefined

beforeAll(async () => {
  await install({ report: (line) => process.stderr.write(`${line}\n`), purpose: 'runner' })
  scene = await startScene({ pipeline, job }, ['kafka', 'registry'])
}, 900_000)

afterAll(async () => {
  await runner?.stop(20_000)
  await scene?.close()
  rmSync(folder, { recursive: true, force: true })
})

const kafka = () => ({ 'kafka.bootstrap.servers': scene.stack.endpoints.kafka.bootstrapServers })
const nickname = { name: 'nickname', type: ['null', 'string'], default: null } as const
const first = signups(600, base, 'a')
const newer = signups(300, base + minute, 'a')

test('the runner gives what the client gives, and goes on over schemas that appear', async () => {
  const { source } = scene
  await scene.publishSignups(first)
  await scene.publish([{ value: Buffer.from('no frame'), timestamp: base }])
  await scene.publish([{ value: frame(999_999, Buffer.from('anything')), timestamp: base }])
  await scene.publishSignups(newer, { ...source.schema, fields: [...source.schema.fields, nickname] })
  const records = first.length + newer.length + 2

  const file = join(folder, 'template.json')
  writeFileSync(file, JSON.stringify(jobTemplate(job, sql, topicsOf(pipeline))))
  const temporary = join(folder, 'temporary')
  mkdirSync(temporary)
  const given = {
    template: `file://${file}`,
    checkpoint: `file://${join(folder, 'checkpoint')}`,
    trigger: '1 second',
    kafka: JSON.stringify(kafka()),
    confluent: scene.stack.endpoints.registry.url,
  }
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value])
  const command = sparkSubmit(temporary, {}, [join(clone, 'spark/runner.py'), ...args], {
    PYTHONPATH: pysparkFolder,
    PYSPARK_PYTHON: 'python3',
    PYTHONDONTWRITEBYTECODE: '1',
  })
  runner = startChild(folder, 'runner', command, logFile)
  let ended = false
  void runner.exited.then(() => {
    ended = true
  })
  const lines = () => {
    if (ended) throw new Error(readFileSync(logFile, 'utf8').slice(-4_000))
    const found = readFileSync(logFile, 'utf8').split('\n')
    return found.filter((line) => line.startsWith('{"job"')).map((line) => JSON.parse(line))
  }
  const sum = (key: string) => lines().reduce((all, line) => all + (line[key] ?? 0), 0)
  await expect.poll(() => [sum('records'), sum('undecodable'), sum('late')], patience).toEqual([records, 2, 0])
  await expect.poll(() => scene.results(), patience).toEqual(expected([...first, ...newer]))
  expect(lines()).toContainEqual({ job: job.name, schema: 999_999, known: false })

  await scene.publishSignups([{ id: 'later', country: 'France', at: base + 2 * minute }], {
    ...source.schema,
    fields: [...source.schema.fields, nickname, { ...nickname, name: 'title' }],
  })
  await expect.poll(() => sum('records'), patience).toBe(records + 1)
  const versions = await scene.registry.versions(valueSubject(source.name))
  const newest = await scene.registry.idOf(valueSubject(source.name), versions.at(-1) ?? '')
  expect(lines()).toContainEqual({ job: job.name, schema: newest, known: true })
}, 900_000)
