import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const clone = resolve(import.meta.dirname, '../..')
const tsc = join(clone, 'node_modules/.bin/tsc')

function compile(...args: string[]) {
  const { status, stdout } = spawnSync(tsc, args, { cwd: clone, encoding: 'utf8' })
  return { status, stdout }
}

test('the compiler accepts and refuses what the definitions in pipeline.types.ts say', () => {
  expect(compile('--project', 'tests/types/tsconfig.json')).toEqual({ status: 0, stdout: '' })
})

test('an expected refusal that does not come is an error', async () => {
  const folder = await mkdtemp(join(clone, 'tests/types/.check-'))
  try {
    writeFileSync(join(folder, 'wrong.ts'), '// @ts-expect-error: nothing is wrong here\nexport const fine = 1\n')
    const config = { extends: '../tsconfig.json', include: ['*.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const { status, stdout } = compile('--project', join(folder, 'tsconfig.json'))
    expect(stdout).toContain("Unused '@ts-expect-error' directive")
    expect(status).not.toBe(0)
  } finally {
    await rm(folder, { recursive: true })
  }
})
