import { describe, expect, test } from 'vitest'
import { textTable } from '../../../src/cli/text-table.ts'
import { frame } from '../../../src/core/wire-format.ts'
import { bytesText, schemaIdOf } from '../../../src/operations/dead-letters/dead-letters-bytes.ts'
import { checked, ok } from '../../../src/operations/doctor/doctor-finding.ts'
import { checkFreeBytes, checkNode } from '../../../src/operations/doctor/doctor-machine.ts'
import { logJson, logText } from '../../../src/operations/logs/function-log-text.ts'

describe('bytes for people', () => {
  test.each([
    [null, '(none)'],
    [Buffer.alloc(0), '(empty)'],
    [Buffer.from('{"a":"東"}\n'), '{"a":"東"}\n'],
    [Buffer.from([0, 0, 0, 0, 3]), '0x0000000003 (5 bytes)'],
    [Buffer.from([0xff]), '0xff (1 bytes)'],
    [Buffer.from('\u001b[2J'), '0x1b5b324a (4 bytes)'],
    [Buffer.alloc(5_000, 'a'), `${'a'.repeat(4_096)}… (5000 bytes)`],
  ])('%j', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })
})

test('a value names the schema it was written with, in either wire format', () => {
  const uuid = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
  expect(schemaIdOf(frame(9, Buffer.from('a')))).toBe(9)
  expect(schemaIdOf(frame(uuid, Buffer.from('a')))).toBe(uuid)
  expect(schemaIdOf(Buffer.from('no frame'))).toBe(null)
  expect(schemaIdOf(null)).toBe(null)
})

describe('a line of a log', () => {
  const entry = {
    level: 'WARN',
    message: 'batch with failures',
    timestamp: '2026-01-02T03:04:05.678Z',
    service: 'sluice',
  }
  const message = JSON.stringify({ ...entry, stage: 'write', reason: 'two words', changes: ['a'] })

  test('that is structured is its own time, level, message and fields', () => {
    expect(logText({ id: '1', timestamp: 0, message })).toBe(
      '2026-01-02T03:04:05.678Z WARN  batch with failures  stage=write  reason="two words"  changes=["a"]',
    )
    expect(logJson({ id: '1', timestamp: 0, message })).toMatchObject({ timestamp: 0, message: { level: 'WARN' } })
  })

  test.each(['START RequestId: 1', '{"broken', '{"message":1}'])('that is not stays as it is: %s', (text) => {
    expect(logText({ id: '1', timestamp: 0, message: text })).toBe(`1970-01-01T00:00:00.000Z       ${text}`)
  })
})

test('columns of a table are as wide as their widest cell, the last one is not padded', () => {
  expect(
    textTable([
      ['a', 'bb', 'c'],
      ['aaa', 'b', 'long'],
      ['x', 'a remark that is longer'],
    ]),
  ).toBe('a    bb  c\naaa  b   long\nx    a remark that is longer')
})

describe('the doctor', () => {
  test('makes a problem with a remedy of a check that fails', async () => {
    const failing = () => Promise.reject(new Error('first line\nsecond line'))
    expect(await checked('disk', 'make room', failing)).toEqual([
      { check: 'disk', level: 'problem', detail: 'first line', remedy: 'make room' },
    ])
    expect(await checked('disk', 'make room', async () => ok('disk', 'fine'))).toEqual([ok('disk', 'fine')])
  })

  test.each([
    [0.5, 'problem'],
    [3, 'warning'],
    [50, 'ok'],
  ])('with %d GiB free finds a %s', (gibibytes, level) => {
    expect(checkFreeBytes(gibibytes * 1024 ** 3, '/x').level).toBe(level)
  })

  test('wants Node 24', () => {
    expect(checkNode('24.1.0').level).toBe('ok')
    expect(checkNode('22.9.0')).toMatchObject({ level: 'problem', remedy: expect.stringContaining('npm run sluice') })
  })
})
