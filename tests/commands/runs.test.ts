/**
 * What an operator does with runs, on an environment of its own: ticks that come twice, failure, retry, backfill, pause,
 * trace.
 */
import {
  DescribeRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { pipeline } from '../../pipelines/users.ts'
import { awsConfig } from '../../src/connect/aws.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import { functionName, ruleName } from '../../src/core/names.ts'
import { runBusName, runEventType } from '../../src/core/run-event.ts'
import { type Clients, openClients } from '../../src/operations/clients.ts'
import { invoke } from '../../src/operations/invoke.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { tickSuffix } from '../../src/runtime/run-request.ts'
import { json, lines, sluiceOn, unscheduledUp } from '../system/sluice.ts'

const environment = `test-runs-${process.pid}`
const sluice = sluiceOn(environment)
let endpoints: Endpoints
let clients: Clients

beforeAll(async () => {
  endpoints = (await unscheduledUp(sluice, environment, 20)).endpoints
  clients = await openClients(endpoints)
})

afterAll(async () => {
  await clients?.close()
  await sluice.cleanUp()
})

const ingest = (event: unknown) => invoke(endpoints.aws, functionName(pipeline.name, 'ingest'), event)
const ledger = () => ledgerOf(clients.cassandra, pipeline.name)
const show = async (run: string) => json(await sluice.run('runs', 'show', pipeline.name, run, '--json'))

/** Hears the run events from now on: what is returned gives the details of all so far. */
async function busListener(): Promise<() => Promise<unknown[]>> {
  const [events, sqs] = [new EventBridgeClient(awsConfig(endpoints.aws)), new SQSClient(awsConfig(endpoints.aws))]
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'run-events' }))
  const wanted = { QueueUrl, AttributeNames: ['QueueArn' as const] }
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand(wanted))
  const EventPattern = JSON.stringify({ 'detail-type': [runEventType] })
  await events.send(new PutRuleCommand({ Name: 'run-events', EventBusName: runBusName, EventPattern }))
  const Targets = [{ Id: 'queue', Arn: Attributes?.QueueArn }]
  await events.send(new PutTargetsCommand({ Rule: 'run-events', EventBusName: runBusName, Targets }))
  const heard: unknown[] = []
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    heard.push(...Messages.map(({ Body = '{}' }) => JSON.parse(Body).detail))
    return heard
  }
}

test('a tick that is delivered twice at a time is one run, which succeeds once its records are rows', async () => {
  const tick = { id: 'any', time: new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString() }
  const answers = await Promise.all([ingest(tick), ingest({ ...tick, id: 'other' })])
  const payloads = answers.map(({ payload }) => payload as { run: string; skipped: string | null; fetched: number })
  const [done] = payloads.filter(({ skipped }) => skipped === null)
  expect(payloads.map(({ skipped }) => skipped).sort()).toEqual([expect.stringMatching(/claimed|done/), null])
  expect(new Set(payloads.map(({ run }) => run)).size).toBe(1)
  const run = done?.run ?? ''
  expect(run.endsWith(tickSuffix)).toBe(true)
  expect(await ledger().run(run)).toMatchObject({ attempts: 1, state: 'succeeded' })
  const account = { fetched: done?.fetched, duplicates: 0, unaccounted: 0 }
  await vi.waitFor(async () => expect(await show(run)).toMatchObject({ state: 'succeeded', figures: account }), {
    timeout: 60_000,
    interval: 500,
  })
  expect((await ingest(tick)).payload).toMatchObject({ run, skipped: 'done' })
})

test('a run that failed is found by its state, and retried as the same run', async () => {
  const time = new Date(Date.now() - 3_600_000).toISOString()
  await ingest({ id: 'tobefail', time, run: { records: 5, seed: 'again' } })
  const id = (await ledger().latestRuns(50)).find((each) => each.id.endsWith('tobefail'))?.id ?? ''
  const before = await ledger().run(id)
  if (!before) throw new Error('the run is not in the ledger')
  const error = { code: 'SOURCE_UNAVAILABLE', message: 'put there by the test' }
  await ledger().save({ ...before, state: 'failed', succeededAttempt: null, error })

  const failed = json(await sluice.run('runs', 'list', pipeline.name, '--state', 'failed', '--json'))
  expect(failed).toMatchObject([{ run: id, state: 'failed', error }])
  const retried = await sluice.run('runs', 'retry', pipeline.name, id, '--json')
  expect([retried.code, json(retried)]).toEqual([0, expect.objectContaining({ run: id, fetched: 5, skipped: null })])
  expect(await ledger().run(id)).toMatchObject({ attempts: 2, state: 'succeeded', limit: 5, seed: 'again' })
  await vi.waitFor(async () => expect((await show(id)).state).toBe('succeeded'), { timeout: 60_000, interval: 500 })
  const again = await sluice.run('runs', 'retry', pipeline.name, id)
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('RUN_NOT_RETRYABLE')])
})

test('a run that lost a record while nobody looked is failed by the judge, and the bus says so', async () => {
  const heard = await busListener()
  const [model] = await ledger().latestRuns(1)
  if (!model) throw new Error('no run in the ledger')
  // Away from the times that the backfill fills.
  const startedAt = Date.now() - 5 * 3_600_000
  const id = `${new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '')}-lost`
  const line = { kind: 'unknown', field: 'loyalty', found: 'object', effect: 'left-out', policy: 'discard' } as const
  const drift = { lines: [{ ...line, count: 3, sample: { value: 0, path: 'loyalty' } }], others: 0 }
  await ledger().saveFetched(id, { attempt: '1-test', firstNumber: 0, recordIds: ['lost'] })
  const times = { scheduledAt: startedAt, startedAt, finishedAt: startedAt + 1 }
  const ended = { state: 'succeeded', attempts: 1, succeededAttempt: 1, fetched: 1, error: null } as const
  await ledger().save({ ...model, ...times, ...ended, id, drift })
  // The rule starts the judge each minute.
  await vi.waitFor(async () => expect(await show(id)).toMatchObject({ state: 'failed' }), {
    timeout: 180_000,
    interval: 1_000,
  })
  expect(await show(id)).toMatchObject({ error: { code: 'RUN_UNRECONCILED' }, figures: { unaccounted: 1 }, drift })
  expect((await sluice.run('runs', 'show', pipeline.name, id)).stdout).toContain('unknown loyalty (object): 3 times')
  await vi.waitFor(
    async () =>
      expect(await heard()).toContainEqual(
        expect.objectContaining({
          ...{ pipeline: 'users', run: id, state: 'failed', errorCode: 'RUN_UNRECONCILED' },
          drift: { unknown: 3, missing: 0, changed: 0, others: 0, deadLettered: 0 },
        }),
      ),
    { timeout: 30_000, interval: 500 },
  )
})

test('a backfill makes the runs that are missing, says so before, and has nothing to do after', async () => {
  const minute = 60_000
  const to = Math.floor(Date.now() / minute) * minute - 120 * minute
  const range = ['--from', new Date(to - 2 * minute).toISOString(), '--to', new Date(to).toISOString(), '--json']
  const backfill = (...more: string[]) => sluice.run('backfill', pipeline.name, ...range, ...more)
  const planned = lines(await backfill('--dry-run'))
  expect(planned.map(({ because, outcome }) => [because, outcome])).toEqual(Array(2).fill(['missing', 'planned']))
  const done = await backfill()
  expect([done.code, lines(done).map(({ outcome }) => outcome)]).toEqual([0, ['done', 'done']])
  const runs = await Promise.all(lines(done).map(({ run }) => ledger().run(run)))
  expect(runs[1]?.cursorBefore).toEqual(runs[0]?.cursorAfter)
  expect(lines(await backfill())).toEqual([])
})

test('a paused schedule stays so until it is resumed', async () => {
  const client = new EventBridgeClient(awsConfig(endpoints.aws))
  const state = async () => (await client.send(new DescribeRuleCommand({ Name: ruleName(pipeline.name) }))).State
  expect(json(await sluice.run('resume', pipeline.name, '--json'))).toEqual({ pipeline: 'users', paused: false })
  expect(await state()).toBe('ENABLED')
  expect(json(await sluice.run('pause', pipeline.name, '--json'))).toEqual({ pipeline: 'users', paused: true })
  expect(await state()).toBe('DISABLED')
  // What a deployment does that changes the rule.
  await client.send(new EnableRuleCommand({ Name: ruleName(pipeline.name) }))
  const { payload } = await ingest({ id: 'any', time: '2026-03-01T10:00:00Z' })
  expect(payload).toMatchObject({ fetched: 0, skipped: 'paused' })
  expect(await ledger().run((payload as { run: string }).run)).toBeNull()
  expect(json(await sluice.run('trigger', pipeline.name, '--records', '1', '--json'))).toMatchObject({ fetched: 1 })
  expect((await sluice.run('runs', 'list', pipeline.name)).stdout).toContain('the schedule is paused')
})

test('a record is traced from its run to its row, by way of the batches that held it', async () => {
  const [run] = (await ledger().latestRuns(100)).filter(({ seed }) => seed === 'first')
  const [page] = await ledger().fetched(run?.id ?? '')
  const [record = ''] = page?.recordIds ?? []
  const trace = json(await sluice.run('trace', record, '--json', '--run', run?.id ?? ''))
  expect(trace).toMatchObject({ pipeline: 'users', recordId: record, run: run?.id, deadLetters: [] })
  const batch = { requestId: expect.stringMatching(/.+/), failed: 0 }
  expect(trace.source).toMatchObject({ position: expect.stringMatching(/^users_created\/\d+\/\d+$/) })
  expect(trace.source.batches).toContainEqual(
    expect.objectContaining({ ...batch, functionName: 'sluice-users-process' }),
  )
  if (trace.rows.length > 0) {
    expect(trace.processed[0].batches).toContainEqual(
      expect.objectContaining({ ...batch, functionName: 'sluice-users-write' }),
    )
    expect(trace.rows).toEqual([{ table: 'created_users', key: [record], isPresent: true }])
  }
  const logs = await sluice.run('logs', run?.id ?? '')
  for (const stage of ['ingest', 'process', 'write']) expect(logs.stdout).toContain(`sluice-users-${stage}  `)

  const unknown = await sluice.run('trace', 'no-such-record')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('RECORD_UNKNOWN')])
  for (const { name } of pipelines) expect(unknown.stderr).toContain(`"${name}"`)
})
