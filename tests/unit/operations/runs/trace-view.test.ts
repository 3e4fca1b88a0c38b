import { expect, test } from 'vitest'
import { pipelines } from '../../../../pipelines/index.ts'
import type { Trace } from '../../../../src/operations/runs/trace.ts'
import { traceView } from '../../../../src/operations/runs/trace-view.ts'

const trace = (rows: Trace['rows']) => traceView({ rows } as Trace, pipelines).rows

test('keys of rows are masked where their column is personal, and such a partition is not named', () => {
  const key = ['somebody', '2026-03-01', 1_772_000_000_000, 'e1']
  expect(trace([{ table: 'events_by_user', key, isPresent: true }])).toEqual([
    {
      table: 'events_by_user',
      isPresent: true,
      key: [
        ['user_id', '•••••'],
        ['day', '2026-03-01'],
        ['occurred_at', '1772000000000'],
        ['id', 'e1'],
      ],
      partition: null,
    },
  ])
})

test('other keys are shown, with the partition that they are in', () => {
  const [row] = trace([{ table: 'created_users', key: ['u1'], isPresent: false }])
  expect(row).toEqual({ table: 'created_users', isPresent: false, key: [['id', 'u1']], partition: ['u1'] })
})
