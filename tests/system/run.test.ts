import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { consumerGroup } from '../../src/core/names.ts'
import { cloneFolder } from '../../src/operations/places.ts'
import { type FaultEnvironment, faultEnvironment } from '../faults/environment.ts'
import { beginRun, expectWhole, reached } from '../faults/services-runs.ts'

let environment: FaultEnvironment
const children: ChildProcess[] = []

beforeAll(async () => {
  environment = await faultEnvironment('run')
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await environment?.remove()
})

type Event = {
  readonly type: string
  readonly mapping: string
  readonly partitions?: number[]
  readonly outcome?: string
}

/** `sluice run` on the environment, with what it has told so far. */
function startRun() {
  const args = ['src/cli/main.ts', 'run', 'users', '--environment', basename(environment.folder), '--json']
  const child = spawn(process.execPath, args, { cwd: cloneFolder, stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  const events: Event[] = []
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)))
  const assigned = (stage: 'process' | 'write') =>
    events.findLast(({ type, mapping }) => type === 'assigned' && mapping === consumerGroup(pipeline.name, stage))
      ?.partitions?.length
  return { child, events, assigned }
}

test('a consumer without Lambda shares the partitions with the poller; it is killed, and nothing is lost', async () => {
  const { child, events, assigned } = startRun()
  await reached('half of the partitions', () => assigned('process') === 3 && assigned('write') === 3)
  const { runId, done } = beginRun(environment, 3_000)
  await reached('rows written in process', () =>
    events.some(
      ({ type, outcome, mapping }) => type === 'invoked' && outcome === 'success' && mapping.endsWith('write'),
    ),
  )
  child.kill('SIGKILL')
  await done
  await expectWhole(environment, runId, 3_000)
})

test('alone it does all the work, and at Ctrl-C it commits and leaves the groups', async () => {
  await environment.poller.stop()
  const { child, events, assigned } = startRun()
  await reached('all partitions', () => assigned('process') === 6 && assigned('write') === 6)
  const { runId, done } = beginRun(environment, 1_000)
  await done
  await expectWhole(environment, runId, 1_000)
  expect(events.filter(({ outcome }) => outcome && outcome !== 'success')).toEqual([])
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  expect(await ended).toEqual([0, null])
  const groups = [consumerGroup(pipeline.name, 'process'), consumerGroup(pipeline.name, 'write')]
  const described = await environment.clients.admin.describeGroups(groups)
  expect(described.groups.flatMap(({ members }) => members)).toEqual([])
})

test('pipelines that do not exist are refused by name', async () => {
  const args = [join(cloneFolder, 'src/cli/main.ts'), 'run', 'user', '--environment', basename(environment.folder)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said).toContain('PIPELINE_UNKNOWN: there is no pipeline "user"')
})
