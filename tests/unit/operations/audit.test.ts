import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { latestActions, recordAction } from '../../../src/operations/audit.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'

test('each action is a line with who, when, what and on what; the latest come first', async () => {
  const folder = temporaryFolder()
  const before = Date.now()
  await recordAction(folder, 'reveal record', 'users_created/0/12')
  await recordAction(folder, 'redrive', 'users_created.dlt, all')
  const [second, first] = await latestActions(folder, 10)
  expect(first).toMatchObject({
    action: 'reveal record',
    subject: 'users_created/0/12',
    user: expect.stringMatching(/./),
  })
  expect(first?.at).toBeGreaterThanOrEqual(before)
  expect(second?.action).toBe('redrive')
  expect(await latestActions(folder, 1)).toEqual([second])
  expect((await readFile(join(folder, 'audit.jsonl'), 'utf8')).split('\n')).toHaveLength(3)
})

test('an environment without a log has no actions', async () => {
  expect(await latestActions(temporaryFolder(), 10)).toEqual([])
})

test('what cannot be written fails, so that nothing goes unrecorded', async () => {
  await expect(recordAction('/dev/null/none', 'a', 'b')).rejects.toThrow()
})
