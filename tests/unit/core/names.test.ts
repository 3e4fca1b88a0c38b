import { expect, test } from 'vitest'
import { errorTable, SluiceError } from '../../../src/core/errors.ts'
import { firstPublished, formatPosition, headerNames, headerText, parsePosition } from '../../../src/core/headers.ts'
import {
  consumerGroup,
  deadLetterTopic,
  functionName,
  parkingTopic,
  ruleName,
  valueSubject,
} from '../../../src/core/names.ts'

test('names follow from the pipeline, and are what is deployed already', () => {
  expect([
    functionName('users', 'ingest'),
    consumerGroup('users', 'write'),
    ruleName('users'),
    deadLetterTopic('users_created'),
    parkingTopic('users_created'),
    valueSubject('users_created'),
  ]).toEqual([
    'sluice-users-ingest',
    'sluice-users-write',
    'sluice-users-schedule',
    'users_created.dlt',
    'users_created.parked',
    'users_created-value',
  ])
})

test('function names stay within the 64 characters of Lambda', () => {
  expect(functionName('p'.repeat(31), 'process').length).toBeLessThanOrEqual(64)
})

test('a position is topic, partition and offset, hyphens of the topic untouched', () => {
  expect(formatPosition({ topic: 'a-b-c', partition: 12, offset: 345 })).toBe('a-b-c/12/345')
})

test('a position is read back, and nothing else is taken for one', () => {
  expect(parsePosition('a-b.c/12/345')).toEqual({ topic: 'a-b.c', partition: 12, offset: 345 })
  for (const text of ['', 'a/1', 'a/1/-2', 'a/1/2/3', '/1/2', 'a/x/2', 'a/1/9999999999999999']) {
    expect(parsePosition(text), text).toBeNull()
  }
})

test('the text of a header is its last value, or null', () => {
  const headers = { one: Buffer.from('1'), many: [Buffer.from('2'), '3'], none: undefined }
  expect(['one', 'many', 'none', 'other'].map((name) => headerText(headers, name))).toEqual(['1', '3', null, null])
})

test('a record was first published where its origin says, and where it stands without a readable one', () => {
  const at = { topic: 't', partition: 1, offset: 2 }
  expect(firstPublished({ ...at, headers: { [headerNames.origin]: 'o/3/4' } })).toEqual({
    topic: 'o',
    partition: 3,
    offset: 4,
  })
  expect(firstPublished({ ...at, headers: { [headerNames.origin]: 'rubbish' } })).toEqual(at)
  expect(firstPublished({ ...at, headers: {} })).toEqual(at)
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
