import { join } from 'node:path'
import { expect, test } from 'vitest'
import { composeOf, requireDocker } from '../../../src/local/docker.ts'
import { defaultPorts } from '../../../src/local/ports.ts'
import { type Answer, fakeDocker, path } from './fake-docker.ts'
import { temporaryFolder } from './temporary-folder.ts'

const compose = { words: 'compose version', stdout: '2.40.3\n' }
const engine = { words: 'version --format', stdout: '28.2.2\n' }

test('docker with a compose that is new enough and an engine is all that is needed', async () => {
  fakeDocker(compose, engine)
  await expect(requireDocker()).resolves.toBeUndefined()
})

test('without docker the remedy is named', async () => {
  path(temporaryFolder())
  await expect(requireDocker()).rejects.toMatchObject({
    code: 'PREREQUISITE_MISSING',
    message:
      'docker is not on the PATH: install Docker with its compose plugin, or leave out --docker, which needs neither',
  })
})

test.each<[string, Answer[], string]>([
  ['no compose plugin', [{ ...compose, code: 1, stderr: 'unknown command' }], 'docker has no compose plugin: install'],
  ['an old compose', [{ ...compose, stdout: 'v2.21.0\n' }, engine], 'docker compose is v2.21.0, and 2.22 or later'],
  ['compose 1', [{ ...compose, stdout: '1.29.2\n' }, engine], 'docker compose is 1.29.2, and 2.22 or later'],
  [
    'no engine',
    [compose, { ...engine, code: 1, stderr: 'Cannot connect to the Docker daemon' }],
    'no Docker engine answers (Cannot connect to the Docker daemon): start it',
  ],
])('%s is refused', async (_, answers, message) => {
  fakeDocker(...answers)
  await expect(requireDocker()).rejects.toMatchObject({
    code: 'PREREQUISITE_MISSING',
    message: expect.stringContaining(message),
  })
})

test('a command gets the file of the clone, the ports and a project of its own', async () => {
  const docker = fakeDocker({ words: 'ps', stdout: 'kafka\n' })
  const folder = temporaryFolder()
  const { run, project, command } = composeOf(join(folder, 'Docker'), defaultPorts(100, 3), ['cluster', 'ministack'])
  expect(await run('ps')).toBe('kafka\n')
  const [call] = docker.calls()
  expect(call?.args).toBe('compose ps')
  expect(call?.env).toMatchObject({
    SLUICE_ENVIRONMENT: project.replace('sluice-', ''),
    COMPOSE_PROFILES: 'cluster,ministack',
    SLUICE_PORT_KAFKA: '9192',
    SLUICE_PORT_KAFKA3: '9196',
    SLUICE_PORT_CASSANDRA: '9142',
    SLUICE_PORT_REGISTRY: '8181',
    SLUICE_PORT_EMULATOR: '4666',
    SLUICE_PORT_SOURCE: '8190',
  })
  expect(project).toMatch(/^sluice-docker-[0-9a-f]{8}$/)
  expect(composeOf(temporaryFolder(), defaultPorts(), []).project).not.toBe(project)
  const file = join(import.meta.dirname, '../../../docker-compose.yml')
  expect(command('ps').args.slice(1, 5)).toEqual(['--file', file, '--project-name', project])
})

test('a command that fails is named with the last line of what docker says', async () => {
  fakeDocker({ words: 'up', code: 1, stderr: 'Pulling\nno space left on device\n' })
  await expect(composeOf(temporaryFolder(), defaultPorts(), []).run('up', 'kafka')).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: 'docker compose up kafka failed: no space left on device',
  })
})
