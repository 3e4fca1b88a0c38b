/**
 * spark/runner.py beside job-plan.ts and job-progress.ts: the same templates, schemas, failures and reports give the same.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pipelines } from '../../../pipelines/index.ts'
import { jobFileName } from '../../../src/core/job.ts'
import { jobPlan, unknownSchemaId } from '../../../src/core/job-plan.ts'
import { type BatchProgress, countBatches, noCounts } from '../../../src/core/job-progress.ts'
import { jobTemplate } from '../../../src/core/job-template.ts'
import { topicsOf } from '../../../src/core/topology.ts'
import type { SchemaId } from '../../../src/core/wire-format.ts'
import { orders } from '../../fixtures/orders.ts'
import { sums, sumsSql } from '../../fixtures/sums-job.ts'

const clone = resolve(import.meta.dirname, '../../..')
const uuid = '3f2b8a1c-0d4e-4f5a-9b6c-7d8e9f0a1b2c'
const kafka = { 'kafka.bootstrap.servers': 'h:1' }

/** Gives an expression of Python over the module `runner` the value `given`; what it comes to. */
function inPython(expression: string, given: unknown): unknown {
  const program = `import json, sys; sys.dont_write_bytecode = True; sys.path.insert(0, 'spark'); import runner; given = json.load(sys.stdin); print(json.dumps(${expression}))`
  const printed = execFileSync('python3', ['-c', program], {
    cwd: clone,
    input: JSON.stringify(given),
    encoding: 'utf8',
  })
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}

const jobs = [
  ...pipelines.flatMap((pipeline) =>
    (pipeline.analytics ?? []).map((job) => {
      return { job, topics: topicsOf(pipeline), sql: readFileSync(resolve(clone, jobFileName(job.name)), 'utf8') }
    }),
  ),
  { job: sums, topics: [orders.topic], sql: `${sumsSql};\n` },
].map((each) => [each.job.name, each] as const)

describe.each(jobs)('job %s', (_, { job, topics, sql }) => {
  test.each<[string, SchemaId, readonly SchemaId[]]>([
    ["Confluent's", 258, [1, 70_000]],
    ["Glue's", uuid, [uuid, uuid.replace('3f', 'a0')]],
  ])('has one plan with ids of %s registry', (_name, resultSchemaId, ids) => {
    const read = topics.filter(({ name }) => Object.values(job.sources).some(({ topic }) => topic === name))
    const [known, unknown] = ids as [SchemaId, SchemaId]
    const text = (schema: object) => JSON.stringify({ ...schema, doc: `it's \\ {{frame}}` })
    const given = read.map((topic) => {
      return { topic, schemas: new Map([[known, text(topic.schema)]]), unknown: [unknown] }
    })
    const { steps, sink } = jobPlan(job, sql, given, { kafka, resultSchemaId, trigger: '2 seconds' })
    const { trigger: __, ...rest } = sink
    const schemas = given.map(({ topic, schemas }) => [
      `${topic.name}-value`,
      [...[...schemas].map((each) => [...each]), [unknown, null]],
    ])
    const plan = inPython(
      "runner.filled_plan(given['template'], {s: dict(map(tuple, each)) for s, each in given['schemas']}, given['id'], given['kafka'])",
      { template: jobTemplate(job, sql, topics), schemas, id: resultSchemaId, kafka },
    )
    expect(plan).toEqual({ steps, sink: rest })
  })
})

test('a failure names the same schema to both', () => {
  const failures = [
    '[USER_RAISED_EXCEPTION] SLUICE_SCHEMA_UNKNOWN 000000010206AB SQLSTATE: P0001',
    `x SLUICE_SCHEMA_UNKNOWN 0300${uuid.replaceAll('-', '').toUpperCase()} y`,
    'SLUICE_SCHEMA_UNKNOWN 0300AB',
    'the disk is full',
  ]
  expect(inPython('[runner.unknown_schema(each) for each in given]', failures)).toEqual(failures.map(unknownSchemaId))
})

test('reports of batches come to the same counts', () => {
  const batch = (batchId: number, ends: object, watermark?: string) =>
    ({
      batchId,
      durationMs: { addBatch: 1 },
      ...(watermark ? { eventTime: { watermark } } : {}),
      observedMetrics: {
        users: { records: 10 + batchId, undecodable: batchId, untimed: 1 },
        users__windows: { ends: JSON.stringify(ends) },
        empty__windows: { ends: null },
      },
    }) as unknown as BatchProgress
  const reports = [
    batch(0, { 60000: 3 }, '1970-01-01T00:00:00.000Z'),
    batch(1, { 60000: 4 }, '1970-01-01T00:01:30.500Z'),
    batch(2, { 60000: 2, 90500: 1, 90501: 7 }),
    { ...batch(3, {}), durationMs: {} },
  ]
  type Told = { batch: number; records: number; undecodable: number; untimed: number; late: number }[]
  const told = inPython(
    '(lambda counts, lines: (setattr(runner, "print", lambda line, flush: lines.append(json.loads(line))), counts.tell(given[:2]), counts.tell(given), lines)[-1])(runner.Counts("j", None), [])',
    reports,
  ) as Told
  const sum = (key: 'records' | 'undecodable' | 'untimed' | 'late') => told.reduce((all, each) => all + each[key], 0)
  const { records, undecodable, untimed, late } = countBatches(noCounts, reports)
  expect(told.length).toBe(3)
  expect([sum('records'), sum('undecodable'), sum('untimed'), sum('late')]).toEqual([
    records,
    undecodable,
    untimed,
    late,
  ])
  expect(late).toBe(3)

  const begunAgain = inPython(
    '(lambda counts, lines: (setattr(runner, "print", lambda line, flush: lines.append(json.loads(line))), counts.tell(given[2:]), lines)[-1])(runner.Counts("j", lambda batch: 90500 if batch == 1 else 0), [])',
    reports,
  ) as Told
  expect(begunAgain).toEqual(told.slice(2))
})

test("the result's schema is found by what it says, and its newest id is taken", () => {
  const sink = { subject: 's', schema: { type: 'record', name: 'A', fields: [] } }
  const versions = [
    [1, '{"name":"A","type":"record","fields":[]}'],
    [2, '{"name":"B","type":"record","fields":[]}'],
    [3, '{"fields":[],"name":"A","type":"record"}'],
  ]
  expect(
    inPython("runner.result_schema_id(dict(map(tuple, given['versions'])), given['sink'])", { versions, sink }),
  ).toBe(3)
  expect(() => inPython("runner.result_schema_id({}, given['sink'])", { sink })).toThrow('deploy the app')
})
