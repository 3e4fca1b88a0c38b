import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { isAlive } from '../../src/local/process-identity.ts'
import { readProcesses } from '../../src/local/process-record.ts'
import { readState } from '../../src/local/state.ts'
import { withClients } from '../../src/operations/clients.ts'
import { environmentFolder } from '../../src/operations/places.ts'
import { reconcile } from '../../src/operations/runs/reconcile.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { sluiceOn } from '../system/sluice.ts'
import { reached } from './services-runs.ts'

const environment = `test-kills-parent-${process.pid}`
const folder = environmentFolder(environment)
const sluice = sluiceOn(environment)
const up = ['up', '--free-ports', '--no-analytics', '--records', '20000']

afterEach(async () => {
  await sluice.cleanUp()
  await rm(folder, { recursive: true, force: true })
})

/** The services of the environment that run, by name. */
const running = () =>
  readProcesses(folder)
    .filter(isAlive)
    .map(({ service }) => service)
    .sort()

const all = ['cassandra', 'emulator', 'kafka', 'registry']

/** Works with the clients of the environment, which must be up. */
function inside<T>(work: Parameters<typeof withClients<T>>[1]): Promise<T> {
  const state = readState(folder)
  if (!state) throw new Error('the environment is not up')
  return withClients(state.endpoints, work)
}

test('a parent that is killed in the middle of a run leaves nothing behind that the next start does not settle', async () => {
  const { child: first, said } = sluice.start(...up)
  await said('app deployed')
  let runId = ''
  await reached('a run in the middle of publishing', async () => {
    if (!readState(folder)?.ready) return false
    return inside(async ({ cassandra }) => {
      const ledger = ledgerOf(cassandra, pipeline.name)
      const [latest] = await ledger.latestRuns(1)
      runId = latest?.id ?? ''
      return latest?.state === 'running' && (await ledger.published(runId)).length > 0
    })
  })
  const killed = once(first, 'exit')
  first.kill('SIGKILL')
  await killed
  expect(running()).toEqual(all)

  const second = sluice.start('up', '--free-ports', '--no-analytics', '--records', '100')
  await second.said('where to look next')
  expect(running()).toEqual(all)
  await inside(async (clients) => {
    let proof = await reconcile(pipeline, runId, clients)
    await reached('the run settled', async () => {
      proof = await reconcile(pipeline, runId, clients)
      const { fetched, published, duplicates, pending } = proof.account
      // Of a run that was cut off, what it had fetched and not published stays pending.
      return pending === fetched - (published - duplicates)
    })
    expect(proof.account, JSON.stringify(proof)).toMatchObject({ expired: 0, unaccounted: 0 })
    expect(proof.account.written).toBe(proof.account.published)
    expect(proof.account.written).toBeGreaterThan(0)
  })
  await stopped(second.child)
  expect(running()).toEqual([])
})

test('a service that dies ends the parent with its name and log; everything else is stopped', async () => {
  const main = ['src/cli/main.ts', 'up', '--free-ports', '--environment', environment]
  const parent = spawn(process.execPath, main, {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = textOf(parent)
  const closed = once(parent, 'close')
  await reached('the environment up', () => output().includes('where to look next'))
  const kafka = readProcesses(folder).find(({ service }) => service === 'kafka')
  process.kill(kafka?.pid ?? 0, 'SIGKILL')
  expect(await closed).toEqual([1, null])
  expect(output()).toMatch(/SERVICE_FAILED: Kafka was ended by SIGKILL; see /)
  expect(output()).toContain(join(folder, 'logs', 'kafka.log'))
  expect(running()).toEqual([])
})

function textOf({ stdout, stderr }: ChildProcess): () => string {
  let text = ''
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk
    })
  }
  return () => text
}

async function stopped(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}
