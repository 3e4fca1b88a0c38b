/** A poller process that is told to end with 10,000 records in flight. */
import { afterEach, expect, test } from 'vitest'
import type { PollerSettings } from '../../src/event-source/settings.ts'
import { pollerScene, until } from '../system/event-source-scene.ts'
import { ceilingMib, type Member, startMember } from './event-source-member.ts'
import { newSink, reconciled, watchOffsets } from './event-source-sink.ts'

const scene = pollerScene(['kafka'])
const { handlers, newName, propertiesOf, createTopic, produce, committed } = scene
const partitions = 24
const records = 24_000
/** Five batches of 2,000 are what a mapping has in flight at most. */
const inFlight = 10_000
const members: Member[] = []

afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.end('SIGKILL')))
})

/** A member whose function holds what it gets until `release`, which may leave some invocations without an answer. */
async function held(settings: Partial<PollerSettings> = {}) {
  const name = newName()
  await createTopic(name, partitions)
  await produce(name, partitions, 0, records)
  const sink = newSink()
  const gates: PromiseWithResolvers<void>[] = []
  let holding = 0
  let copies = 0
  handlers.set(name, async (batch) => {
    const gate = Promise.withResolvers<void>()
    gates.push(gate)
    holding += batch.length
    await gate.promise
    copies += batch.filter((record) => sink.has(record)).length
    sink.settle(batch)
    return {}
  })
  /** Waits until batches are whole, where it is given a window. */
  const begin = (MaximumBatchingWindowInSeconds: number) => {
    const properties = propertiesOf(name, { BatchSize: 2_000, MaximumBatchingWindowInSeconds })
    const member = startMember({ id: name, properties, endpoint: scene.endpoint(), settings })
    members.push(member)
    return member
  }
  const member = begin(300)
  await until(() => expect(holding).toBe(inFlight))
  const watch = watchOffsets(() => committed(name), sink)
  const isStopping = () => member.events.some((event) => event.type === 'state' && event.state === 'Stopping')
  const committedRecords = async () => [...(await committed(name)).values()].reduce((sum, offset) => sum + offset, 0)
  const goOn = async () => {
    handlers.set(name, (batch) => {
      copies += batch.filter((record) => sink.has(record)).length
      sink.settle(batch)
      return {}
    })
    const next = begin(0)
    await reconciled(scene.admin(), name, name, sink)
    await watch.end()
    expect(watch.violations).toEqual([])
    await next.end('SIGTERM')
    for (const each of [member, next]) expect(each.peakMib()).toBeLessThan(ceilingMib)
    return copies
  }
  return { member, gates, sink, isStopping, committedRecords, goOn }
}

test('SIGTERM: 10,000 records in flight are settled and committed, the process ends, and the next one brings none twice', async () => {
  const { member, gates, sink, isStopping, committedRecords, goOn } = await held()
  const ended = member.end('SIGTERM')
  await until(() => expect(isStopping()).toBe(true))
  for (const gate of gates) gate.resolve()
  expect(await ended).toBe(0)
  expect(gates).toHaveLength(5)
  expect(sink.size()).toBe(inFlight)
  expect(await committedRecords()).toBe(inFlight)
  expect(await goOn()).toBe(0)
})

test('SIGTERM: a batch that does not end in time is left behind uncommitted, and the next process brings it again', async () => {
  const stopDeadlineMs = 3_000
  const { member, gates, sink, isStopping, committedRecords, goOn } = await held({ stopDeadlineMs })
  const begun = performance.now()
  const ended = member.end('SIGTERM')
  await until(() => expect(isStopping()).toBe(true))
  for (const gate of gates.slice(1)) gate.resolve()
  expect(await ended).toBe(0)
  // Deadline, a second for what is given up, three for the last commit, five for leaving.
  expect(performance.now() - begun).toBeLessThan(stopDeadlineMs + 9_000)
  expect(sink.size()).toBe(inFlight - 2_000)
  expect(await committedRecords()).toBe(inFlight - 2_000)
  gates[0]?.resolve()
  await goOn()
})
