import { afterEach, describe, expect, test, vi } from 'vitest'
import { messageOf, reportFailure } from '../../../src/cli/failure.ts'
import { StopRequested } from '../../../src/cli/stop-signal.ts'
import { SluiceError } from '../../../src/core/errors.ts'

describe('the message', () => {
  test('of an expected failure is its code and its sentence, without a stack', () => {
    expect(messageOf(new SluiceError('PORT_TAKEN', 'port 1 is taken'))).toBe('PORT_TAKEN: port 1 is taken')
  })

  test('of a defect is the whole stack', () => {
    expect(messageOf(new TypeError('broken'))).toMatch(/^TypeError: broken\n\s+at .*failure\.test\.ts/)
  })

  test('of something that is no error is its text', () => {
    expect(messageOf('text')).toBe('text')
  })
})

describe('the end of a command', () => {
  const written: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const exitCode = process.exitCode
  afterEach(() => {
    written.length = 0
    process.exitCode = exitCode
  })

  test('that failed says why on stderr and has exit code 1', () => {
    reportFailure(new SluiceError('PORT_TAKEN', 'port 1 is taken'))
    expect(written).toEqual(['PORT_TAKEN: port 1 is taken\n'])
    expect(process.exitCode).toBe(1)
  })

  test('that somebody asked for says nothing and is no failure', () => {
    reportFailure(new StopRequested('stopped by SIGINT'))
    expect(written).toEqual([])
    expect(process.exitCode).toBe(exitCode)
  })
})
