/**
 * The main job on docker-compose.yml. Where no Docker engine answers, the run in containers is skipped, and the reason
 * printed.
 */
import { afterAll, expect, test } from 'vitest'
import { composeOf, requireDocker } from '../../src/local/docker.ts'
import { defaultPorts } from '../../src/local/ports.ts'
import { environmentFolder } from '../../src/operations/places.ts'
import { sluiceOn } from './sluice.ts'

const environment = `test-compose-${process.pid}`
const sluice = sluiceOn(environment)
const reason = await requireDocker().then(
  () => null,
  (error: Error) => error.message,
)
if (reason) process.stderr.write(`not run in containers: ${reason}\n`)

afterAll(async () => {
  await sluice.cleanUp()
  const compose = composeOf(environmentFolder(environment), defaultPorts(), [])
  if (!reason) await compose.run('--profile', '*', 'down', '--volumes')
})

test.skipIf(reason)(
  'a run in containers is proven, and so is one after a restart, which finds its data',
  async () => {
    const up = (...args: string[]) =>
      sluice.run(
        'up',
        '--docker',
        '--once',
        '--free-ports',
        '--pipelines',
        'users',
        '--records',
        '200',
        '--json',
        ...args,
      )
    for (const args of [
      ['--fresh', '--seed', 'a'],
      ['--seed', 'b'],
    ]) {
      const { code, stdout, stderr } = await up(...args)
      expect(code, stderr).toBe(0)
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ fetched: 200, unaccounted: 0 })
    }
  },
  // The first start pulls some 2 GB of images.
  1_200_000,
)

test.skipIf(!reason)('without a Docker engine the remedy is printed and nothing is started', async () => {
  const { code, stderr } = await sluice.run('up', '--docker', '--free-ports', '--once')
  expect(code).toBe(1)
  expect(stderr).toContain(`PREREQUISITE_MISSING: ${reason}`)
  expect(stderr).toContain('leave out --docker')
})
