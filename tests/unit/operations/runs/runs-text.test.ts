import { expect, test } from 'vitest'
import type { DriftReport } from '../../../../src/core/drift-report.ts'
import type { RunReport } from '../../../../src/operations/runs/runs.ts'
import { runJson, runLines, runRow } from '../../../../src/operations/runs/runs-text.ts'

const drift: DriftReport = {
  lines: [
    {
      kind: 'unknown',
      field: 'loyalty',
      found: 'object',
      effect: 'left-out',
      policy: 'discard',
      count: 19,
      sample: { value: 0, path: 'loyalty' },
    },
  ],
  others: 0,
}

function reportOf(found: DriftReport | null, error: RunReport['standing']['error'] = null): RunReport {
  const run: RunReport['run'] = {
    id: '20260301T100000Z-schedule',
    state: 'succeeded',
    scheduledAt: 0,
    startedAt: 0,
    finishedAt: 1_500,
    cursorBefore: null,
    cursorAfter: { page: 2 },
    attempts: 1,
    succeededAttempt: 1,
    limit: 20,
    seed: null,
    fetched: 20,
    fetchMs: 1,
    publishMs: 2,
    drift: found,
    error: null,
  }
  return { run, verdict: null, standing: { state: error ? 'failed' : 'succeeded', error } }
}

test('a run of a source that drifted says so in the list, and field by field when it is shown', () => {
  expect(runRow(reportOf(drift)).at(-1)).toBe('drift')
  expect(runRow(reportOf(drift, { code: 'RUN_UNRECONCILED', message: 'm' })).at(-1)).toBe('RUN_UNRECONCILED, drift')
  expect(runLines('orders', reportOf(drift)).slice(-2)).toEqual([
    '  drift: values differ from source.value',
    '    unknown loyalty (object): 19 times, left out (discard); first in value 0 at loyalty',
  ])
  expect(runJson('orders', reportOf(drift))).toMatchObject({ drift })
})

test('a run without drift says nothing of it to people, and null to scripts', () => {
  expect(runRow(reportOf(null)).at(-1)).toBe('')
  expect(runLines('orders', reportOf(null)).join()).not.toContain('drift')
  expect(runJson('orders', reportOf(null))).toMatchObject({ drift: null })
})
