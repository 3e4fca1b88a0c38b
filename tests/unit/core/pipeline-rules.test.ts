import { describe, expect, test } from 'vitest'
import type { AnyTable, Pipeline } from '../../../src/core/pipeline.ts'
import { checkPipeline } from '../../../src/core/pipeline-rules.ts'
import { secret } from '../../../src/core/secret.ts'
import type { AnyTopic } from '../../../src/core/topic.ts'
import { orders } from '../../fixtures/orders.ts'

const [table] = orders.tables as [AnyTable]
const processTopic = orders.process?.topic as AnyTopic
const withSource = (change: object) => ({ ...orders, source: { ...orders.source, ...change } })
const withTopic = (change: object) => ({ ...orders, topic: { ...orders.topic, ...change } })
const withTable = (change: object) => ({ ...orders, tables: [{ ...table, ...change }] })
const withProcessTopic = (change: object) => ({
  ...orders,
  process: { ...orders.process, topic: { ...processTopic, ...change } },
})

const twice = { ...orders.topic.schema, fields: [...orders.topic.schema.fields, { name: 'id', type: 'string' }] }
const long = 'x'.repeat(49)

test('the pipeline of the fixture breaks no rule', () => {
  expect(() => checkPipeline(orders)).not.toThrow()
})

describe('each rule names field, value and what is allowed', () => {
  test.each<[string, object, string]>([
    [
      'a name with capitals',
      { ...orders, name: 'Orders' },
      'name is "Orders", but it must be lower-case letters, digits and hyphens, 31 at most',
    ],
    ['a name too long', { ...orders, name: 'o'.repeat(32) }, `name is "${'o'.repeat(32)}", but it must be lower-case`],
    [
      'neither URL nor bundled source',
      withSource({ url: null }),
      'source.url is null, but it must be given where source.bundled is not',
    ],
    ['a relative URL', withSource({ url: 'api/' }), 'source.url is "api/", but it must be an absolute URL or null'],
    [
      'a URL of http',
      withSource({ url: 'http://a.example/' }),
      'source.url is "http://a.example/", but it must be an https URL, or an http URL of this machine such as',
    ],
    [
      'a URL with a password, which is not quoted',
      withSource({ url: 'https://user:canary@a.example/' }),
      'source.url is "a.example", but it must be a URL without credentials: use a secret',
    ],
    [
      'no requests in a second',
      withSource({ requestsPerSecond: 0 }),
      'source.requestsPerSecond is 0, but it must be a number above 0',
    ],
    [
      'a secret by its ARN',
      withSource({ headers: { 'x-key': secret('arn:aws:secretsmanager:x') } }),
      'source.headers is "arn:aws:secretsmanager:x", but it must be a secret by its name, not its ARN',
    ],
    [
      'drift that evolves and nobody keeps',
      withSource({ drift: { changed: 'evolve' } }),
      'source.drift is {"changed":"evolve"}, but it must be without evolve unless source.record takes what is kept',
    ],
    [
      'a schedule in words',
      withSource({ schedule: 'hourly' }),
      'source.schedule is "hourly", but it must be rate(1 minute), rate(5 minutes), the same with hours or days, or cron(…)',
    ],
    [
      'a rate of one in the plural',
      withSource({ schedule: 'rate(1 minutes)' }),
      'source.schedule is "rate(1 minutes)"',
    ],
    [
      'a rate of many in the singular',
      withSource({ schedule: 'rate(5 minute)' }),
      'source.schedule is "rate(5 minute)"',
    ],
    [
      'a crontab of five fields',
      withSource({ schedule: 'cron(0 12 * * *)' }),
      'source.schedule is "cron(0 12 * * *)", but it must be cron(…) with six fields: minutes, hours, day of month, month,',
    ],
    ['no topic', { ...orders, topic: undefined }, 'topic is undefined, but it must be given'],
    ['no form of values', withSource({ value: undefined }), 'source.value is undefined, but it must be given'],
    ['no topic key', withTopic({ key: undefined }), 'topic.key is undefined, but it must be given'],
    ['no columns', withTable({ columns: undefined }), 'tables[0].columns is undefined, but it must be given'],
    ['a rate of none', withSource({ schedule: 'rate(0 minutes)' }), 'source.schedule is "rate(0 minutes)"'],
    [
      'no records in a run',
      withSource({ recordsPerRun: 0 }),
      'source.recordsPerRun is 0, but it must be a whole number from 1',
    ],
    [
      'a topic with a space',
      withTopic({ name: 'two words' }),
      'topic.name is "two words", but it must be 2 to 242 letters, digits, dots, hyphens and underscores',
    ],
    [
      'a topic like a dead-letter topic',
      withTopic({ name: 'a.dlt' }),
      'topic.name is "a.dlt", but it must be a name that does not end like a dead-letter topic',
    ],
    [
      'half a partition',
      withTopic({ partitions: 0.5 }),
      'topic.partitions is 0.5, but it must be a whole number from 1',
    ],
    [
      'no retention',
      withTopic({ retentionMs: 0 }),
      'topic.retentionMs is 0, but it must be milliseconds, a whole number from 1',
    ],
    [
      'a field twice',
      withTopic({ schema: twice }),
      'topic.schema.fields is ["id","amount","note","id"], but it must be fields of different names',
    ],
    ['a processed topic with a space', withProcessTopic({ name: 'two words' }), 'process.topic.name is "two words"'],
    [
      'the same topic twice',
      withProcessTopic({ name: 'orders' }),
      'process.topic.name is "orders", but it must be another topic than the source topic',
    ],
    ['no table', { ...orders, tables: [] }, 'tables is [], but it must be one table at least'],
    [
      'a table twice',
      { ...orders, tables: [table, table] },
      'tables is ["order_totals","order_totals"], but it must be tables of different names',
    ],
    [
      'a table name with capitals',
      withTable({ name: 'Totals' }),
      'tables[0].name is "Totals", but it must be lower-case letters, digits and underscores, 48 at most',
    ],
    [
      'a column name too long',
      withTable({ columns: { ...table.columns, [long]: 'text' } }),
      `tables[0].columns is "${long}", but it must be lower-case letters, digits and underscores, 48 at most`,
    ],
    [
      'no partition key',
      withTable({ partitionKey: [] }),
      'tables[0].partitionKey is [], but it must be one column at least',
    ],
    [
      'a key that is no column',
      withTable({ clusteringColumns: ['at'] }),
      'tables[0] key column is "at", but it must be one of id, total, note',
    ],
    [
      'a key column twice',
      withTable({ clusteringColumns: ['id'] }),
      'tables[0] key columns is ["id","id"], but it must be different columns',
    ],
    [
      'nothing but a key',
      withTable({ columns: { id: 'text' } }),
      'tables[0].columns is ["id"], but it must be one column more than the key has, at least',
    ],
    [
      'an order of nothing',
      withTable({ clusteringOrder: 'descending' }),
      'tables[0].clusteringOrder is "descending", but it must be left out where there are no clustering columns',
    ],
    [
      'a time to live of 0',
      withTable({ ttlSeconds: 0 }),
      'tables[0].ttlSeconds is 0, but it must be null or a whole number from 1',
    ],
  ])('%s', (_, broken, sentence) => {
    const { name } = broken as Pipeline
    expect(() => checkPipeline(broken as Pipeline)).toThrow(
      expect.objectContaining({
        code: 'PIPELINE_INVALID',
        message: expect.stringContaining(`pipeline "${name}": ${sentence}`),
      }),
    )
  })
})

test.each(['http://127.0.0.1:3000/orders?all=1', 'http://localhost:3000/', 'http://[::1]:3000/'])(
  'URL %s of this machine is allowed',
  (url) => {
    expect(() => checkPipeline(withSource({ url }) as Pipeline)).not.toThrow()
  },
)

test.each(['rate(1 minute)', 'rate(2 hours)', 'rate(10 days)', 'cron(0 12 * * ? *)'])(
  'schedule %s is allowed',
  (schedule) => {
    expect(() => checkPipeline(withSource({ schedule }) as Pipeline)).not.toThrow()
  },
)
