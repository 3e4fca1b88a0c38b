import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprintOf } from '../../../src/demos/fingerprint.ts'
import { cloneFolder } from '../../../src/operations/places.ts'

test.each([
  ['took 1,234.5 ms at 12:30:01', 'took <n> ms at <n>'],
  ['run 3f2b8a1c-0d4e-4f5a-9b6c-7d8e9f0a1b2c ended', 'run <id> ended'],
  ['at 0xFF and deadbeef00', 'at <hex> and <hex>'],
  ['topic "users" of \'sluice\'', 'topic <text> of <text>'],
  ['published {"run":"a b","count":3,"topic":"x"}', 'published {"run":<text>,"count":<n>,"topic":<text>}'],
  ["it doesn't and can't", "it doesn't and can't"],
  ['first line\n  at second', 'first line'],
  ['', '<empty>'],
  ['retention of 604800000', 'retention of <n>'],
  [`${'x'.repeat(199)}😀y`, `${'x'.repeat(199)}😀`],
])('%j', (message, fingerprint) => {
  expect(fingerprintOf(message)).toBe(fingerprint)
})

test('the SQL has the same patterns in the same order', () => {
  const sql = readFileSync(join(cloneFolder, 'spark/log_messages.sql'), 'utf8')
  const code = readFileSync(join(cloneFolder, 'src/demos/fingerprint.ts'), 'utf8')
  const inSql = [...sql.matchAll(/^\s+'(.+)', '(<\w+>)'$/gm)].map(([, pattern = '', by]) => [
    pattern.replaceAll("\\'", "'"),
    by,
  ])
  const inCode = [...code.matchAll(/^ {2}\[\/(.+)\/g, '(<\w+>)'\],$/gm)].map(([, pattern, by]) => [pattern, by])
  expect(inCode).toHaveLength(5)
  expect(inSql).toEqual(inCode)
})
