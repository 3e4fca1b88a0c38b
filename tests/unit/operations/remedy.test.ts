import { expect, test } from 'vitest'
import { errorTable } from '../../../src/core/errors.ts'
import { remedyOf } from '../../../src/operations/remedy.ts'

test('each code has a remedy, that of its entry in the runbook', async () => {
  for (const code of Object.keys(errorTable)) expect(await remedyOf(code), code).not.toBeNull()
  expect((await remedyOf('RUN_LATE'))?.todo).toContain('runs retry')
})

test('what is no code has none', async () => {
  expect(await remedyOf('RUN')).toBeNull()
  expect(await remedyOf('')).toBeNull()
})
