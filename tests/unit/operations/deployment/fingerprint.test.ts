import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fingerprint } from '../../../../src/operations/deployment/fingerprint.ts'

const files = [
  'cdk/app.ts',
  'cdk/stacks/one.ts',
  'cdk.json',
  'functions/write.ts',
  'layers/runtime/package.json',
  'package-lock.json',
  'pipelines/users.ts',
  'src/connect/kafka.ts',
  'src/core/names.ts',
  'src/runtime/write.ts',
]
let folder: string
const put = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
const context = { target: 'embedded' }
const now = () => fingerprint(folder, context)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-fingerprint-'))
  for (const file of files) put(file, `content of ${file}`)
})
afterEach(() => rmSync(folder, { recursive: true }))

test('it stays the same while nothing changes, and is fit for a file name', async () => {
  const first = await now()
  expect(await now()).toBe(first)
  expect(first).toMatch(/^[0-9a-f]{32}$/)
})

test.each(files)('it changes with %s', async (file) => {
  const first = await now()
  put(file, 'other')
  expect(await now()).not.toBe(first)
})

test('it changes with the context, with a new file, and with the name of a file', async () => {
  const seen = [await now(), await fingerprint(folder, { target: 'localstack' })]
  put('src/core/new.ts', '')
  seen.push(await now())
  renameSync(join(folder, 'src/core/new.ts'), join(folder, 'src/core/newer.ts'))
  seen.push(await now())
  expect(new Set(seen).size).toBe(seen.length)
})

test('it leaves alone what is not deployed', async () => {
  const first = await now()
  put('README.md', 'other')
  put('tests/unit/a.test.ts', 'other')
  put('src/cli/main.ts', 'other')
  expect(await now()).toBe(first)
})
