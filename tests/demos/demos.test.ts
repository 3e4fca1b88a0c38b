import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { demos } from '../../src/demos/demos.ts'
import { cloneFolder, environmentFolder } from '../../src/operations/places.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-demos-'))

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  for (const { name } of demos) rmSync(environmentFolder(`demo-${name}`), { recursive: true, force: true })
})

function demo(...args: string[]): Promise<{ code: unknown; lines: string[]; stderr: string }> {
  const main = ['--disable-warning=TimeoutNegativeWarning', join(cloneFolder, 'src/cli/main.ts'), 'demo', ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, main, { cwd: cloneFolder, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, lines: stdout.trim().split('\n'), stderr })
    })
  })
}

test.each(demos.map(({ name }) => name))('%s is equal to its recomputation', async (name) => {
  const picture = join(folder, `${name}.svg`)
  const { code, lines, stderr } = await demo(name, '--verify', '--json', '--picture', picture)
  expect(code, stderr).toBe(0)
  const outcome = JSON.parse(lines.at(-1) ?? '')
  expect(outcome).toMatchObject({ demo: name, isEqual: true, verdict: lines.at(-2) })
  expect(outcome.verdict).toMatch(/compared with a recomputation in TypeScript from [\d,]+ records .* are equal$/)
  for (const { what, isEqual, expected } of outcome.checks)
    expect([what, isEqual, expected >= 0]).toEqual([what, true, true])
  for (const { job, results, unaccounted } of outcome.jobs)
    expect([job, results >= 0, unaccounted]).toEqual([job, true, 0])
  expect(readFileSync(picture, 'utf8')).toMatch(/^<svg [\s\S]+<\/svg>\n$/)
})

test('a demo that is not there ends with those there are', async () => {
  const { code, stderr } = await demo('none')
  expect(code).toBe(1)
  expect(stderr).toContain(`there is no demo "none": there are ${demos.map(({ name }) => name).join(', ')}`)
})
