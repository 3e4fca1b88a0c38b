import { expect, test } from 'vitest'
import type { Clients } from '../../../../src/operations/clients.ts'
import { subjectVersions } from '../../../../src/operations/topics/subjects.ts'

const record = (...fields: object[]) => JSON.stringify({ type: 'record', name: 'R', fields })
const id = { name: 'id', type: 'string' }
const note = { name: 'note', type: ['null', 'string'], default: null }

/** The versions of a subject that has these. */
const versionsOf = (...versions: string[]) =>
  subjectVersions('s', { registry: { versions: async () => versions } } as unknown as Clients)

test('a version tells what it added, removed and changed', async () => {
  const tagged = { ...id, 'confluent:tags': ['PII'] }
  const versions = await versionsOf(record(id), record(id, note), record(tagged))
  expect(versions.map(({ version, added, removed, changed }) => [version, added, removed, changed])).toEqual([
    [1, [], [], []],
    [2, ['note'], [], []],
    [3, [], ['note'], ['id']],
  ])
  expect(versions[1]?.fields).toEqual([
    { name: 'id', type: 'string', hasDefault: false, tags: [] },
    { name: 'note', type: '["null","string"]', hasDefault: true, tags: [] },
  ])
  expect(versions[2]?.fields[0]?.tags).toEqual(['PII'])
})

test('what cannot be read by the version before, or the other way, is said in words', async () => {
  const [, second] = await versionsOf(record(id), record(id, { name: 'total', type: 'long' }))
  expect(second?.breaking.join()).toContain('total')
  expect((await versionsOf(record(id), record(id, note)))[1]?.breaking).toEqual([])
})

test('a schema that is no record has no fields', async () => {
  expect((await versionsOf('"string"'))[0]?.fields).toEqual([])
})
