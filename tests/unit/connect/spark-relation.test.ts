import { expect, test } from 'vitest'
import { stepRelation } from '../../../src/connect/spark-relation.ts'

test('what is counted is a view that is said to be a stream, so that Spark evaluates its metrics once', () => {
  const metrics = { name: 'users', expressions: ['count(*) AS records'] }
  expect(stepRelation({ view: 'users__counted', of: 'users__decoded', metrics }).relType).toMatchObject({
    case: 'collectMetrics',
    value: {
      name: 'users',
      metrics: [{ exprType: { case: 'expressionString', value: { expression: 'count(*) AS records' } } }],
      input: {
        relType: {
          case: 'read',
          value: {
            isStreaming: true,
            readType: { case: 'namedTable', value: { unparsedIdentifier: 'users__decoded' } },
          },
        },
      },
    },
  })
})

test('a topic is read as a stream', () => {
  expect(stepRelation({ view: 'users__kafka', read: { subscribe: 'users' } }).relType).toMatchObject({
    case: 'read',
    value: {
      isStreaming: true,
      readType: { case: 'dataSource', value: { format: 'kafka', options: { subscribe: 'users' } } },
    },
  })
})

test('a query is its text, with its watermark around it', () => {
  const query = { relType: { case: 'sql', value: { query: 'SELECT 1' } } }
  expect(stepRelation({ view: 'v', sql: 'SELECT 1' })).toMatchObject(query)
  expect(
    stepRelation({ view: 'v', sql: 'SELECT 1', watermark: { column: 'at', delay: '5 minutes' } }).relType,
  ).toMatchObject({
    case: 'withWatermark',
    value: { eventTime: 'at', delayThreshold: '5 minutes', input: query },
  })
})
