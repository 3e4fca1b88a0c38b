import { expect, test } from 'vitest'
import { jobPlan, unknownSchemaId } from '../../../src/core/job-plan.ts'
import { unknownSchemaMark } from '../../../src/core/job-template.ts'
import { orders } from '../../fixtures/orders.ts'
import { sums, sumsSql } from '../../fixtures/sums-job.ts'

const uuid = '3f2b8a1c-0d4e-4f5a-9b6c-7d8e9f0a1b2c'
const written = JSON.stringify(orders.topic.schema)
const place = { kafka: { 'kafka.bootstrap.servers': 'h:1' }, resultSchemaId: 258, trigger: '2 seconds' }
const plan = (schemas: ReadonlyMap<number | string, string>, unknown: readonly (number | string)[] = []) =>
  jobPlan(sums, `${sumsSql};\n`, [{ topic: orders.topic, schemas, unknown }], place)
const decoding = (...given: Parameters<typeof plan>) => {
  const step = plan(...given).steps.find(({ view }) => view === 'o__decoded')
  return step && 'sql' in step ? step.sql : ''
}

test('the views build on one another, and the last one has the name that the SQL uses', () => {
  const { steps, sink } = plan(new Map([[1, written]]))
  expect(steps.map(({ view }) => view)).toEqual([
    'o__kafka',
    'o__decoded',
    'o__counted',
    'o__timed',
    'o__windowed',
    'o',
  ])
  expect(steps[0]).toMatchObject({ read: { subscribe: 'orders', startingOffsets: 'earliest' } })
  expect(steps[3]).toMatchObject({ watermark: { column: 'record_time', delay: '10 seconds' } })
  expect(sink).toMatchObject({ name: 'order_sums', outputMode: 'update', options: { topic: 'order_sums' } })
  expect(sink.sql).toContain(`X'0000000102'`)
  expect(sink.sql).toContain(`FROM (\n${sumsSql}\n)`)
})

test('each schema has a branch by the frame of its id, of either registry', () => {
  const sql = decoding(
    new Map<number | string, string>([
      [258, written],
      [uuid, written],
    ]),
  )
  expect(sql).toContain(`WHEN substring(value, 1, 5) = X'0000000102' THEN from_avro(substring(value, 6),`)
  expect(sql).toContain(
    `WHEN substring(value, 1, 18) = X'0300${uuid.replaceAll('-', '')}' THEN from_avro(substring(value, 19),`,
  )
})

test('an id that the registry does not know gives null; any other fails the batch', () => {
  const sql = decoding(new Map([[1, written]]), [7])
  expect(sql).toContain(`WHEN substring(value, 1, 5) = X'0000000007' THEN NULL`)
  expect(sql).toContain(`raise_error(concat('${unknownSchemaMark} '`)
})

test('quotes of a schema do not end the SQL', () => {
  const doc = { ...orders.topic.schema, doc: "an order's \\ schema" }
  expect(decoding(new Map([[1, JSON.stringify(doc)]]))).toContain(`an order\\'s \\\\\\\\ schema`)
})

test.each([
  [`[USER_RAISED_EXCEPTION] ${unknownSchemaMark} 000000010206AB SQLSTATE: P0001`, 258],
  [`x ${unknownSchemaMark} 0300${uuid.replaceAll('-', '').toUpperCase()} y`, uuid],
  [`${unknownSchemaMark} 0300AB`, null],
  ['the disk is full', null],
])('the failure %j names the schema %j', (failure, id) => {
  expect(unknownSchemaId(failure)).toBe(id)
})
