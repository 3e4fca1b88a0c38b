import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorTable } from '../../../src/core/errors.ts'

const read = (file: string) => readFileSync(resolve(import.meta.dirname, '../../..', file), 'utf8')
const codes = Object.keys(errorTable).sort()

describe('the error table in docs/architecture.md', () => {
  const rows = read('docs/architecture.md')
    .split('\n')
    .map((line) => /^\| \[`([A-Z_]+)`\]\(runbook\.md#([a-z_]+)\) \| (yes|no) \| (.+?) \| (.+?) \|$/.exec(line))
    .filter((match) => match !== null)

  test('has one row for each code, with effect and remedy, and no other', () => {
    expect(rows.map(([, code]) => code).sort()).toEqual(codes)
  })

  test('says of each whether it is retryable as the code does', () => {
    const said = Object.fromEntries(rows.map(([, code = '', , retryable]) => [code, retryable === 'yes']))
    const real = Object.fromEntries(Object.entries(errorTable).map(([code, { retryable }]) => [code, retryable]))
    expect(said).toEqual(real)
  })

  test('links each to its entry in the runbook', () => {
    for (const [, code = '', anchor] of rows) expect(anchor).toBe(code.toLowerCase())
  })
})

describe('docs/runbook.md', () => {
  const entries = read('docs/runbook.md').split(/^### /m).slice(1)

  test('has one entry for each code, and no other', () => {
    expect(entries.map((entry) => entry.split('\n')[0]).sort()).toEqual(codes)
  })

  test('says in each what it means, how to see it and what to do', () => {
    for (const entry of entries)
      expect(entry).toMatch(/^\w+\n\n\*\*Means:\*\* .+\n\*\*See it:\*\* .+\n\*\*Do:\*\* .+\n/)
  })
})
