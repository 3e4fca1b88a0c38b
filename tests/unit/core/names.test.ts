import { expect, test } from 'vitest'
import { errorTable, SluiceError } from '../../../src/core/errors.ts'
import { formatPosition, headerNames } from '../../../src/core/headers.ts'
import { consumerGroup, deadLetterTopic, functionName, ruleName, valueSubject } from '../../../src/core/names.ts'

test('names follow from the pipeline, and are what is deployed already', () => {
  expect([
    functionName('users', 'ingest'),
    consumerGroup('users', 'write'),
    ruleName('users'),
    deadLetterTopic('users_created'),
    valueSubject('users_created'),
  ]).toEqual([
    'sluice-users-ingest',
    'sluice-users-write',
    'sluice-users-schedule',
    'users_created.dlt',
    'users_created-value',
  ])
})

test('function names stay within the 64 characters of Lambda', () => {
  expect(functionName('p'.repeat(31), 'process').length).toBeLessThanOrEqual(64)
})

test('a position is topic, partition and offset, hyphens of the topic untouched', () => {
  expect(formatPosition({ topic: 'a-b-c', partition: 12, offset: 345 })).toBe('a-b-c/12/345')
})

test('each header has a name of its own', () => {
  const names = Object.values(headerNames)
  expect(new Set(names).size).toBe(names.length)
})

test('an error says whether a retry can help as its code does', () => {
  for (const [code, { retryable }] of Object.entries(errorTable)) {
    const cause = new Error('inner')
    const error = new SluiceError(code as keyof typeof errorTable, 'a sentence', { cause })
    expect(error).toMatchObject({ name: 'SluiceError', code, retryable, message: 'a sentence', cause })
  }
})
