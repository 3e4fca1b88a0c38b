/** A consumer group that never rests: members of a mapping join and leave all the time. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Poller } from '../../src/event-source/poller.ts'
import { pollerScene } from '../system/event-source-scene.ts'
import { ceilingMib, type Member, startMember } from './event-source-member.ts'
import { newSink, reconciled, watchOffsets } from './event-source-sink.ts'

const scene = pollerScene(['kafka'])
const { handlers, newName, propertiesOf, start, createTopic, produce, committed } = scene
const partitions = 12
const stormMs = 60_000
const changeMs = 2_000
const members: Member[] = []

afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.end('SIGKILL')))
})

test('members join and leave every 2 s for a minute: records go on, none is lost, no offset gets ahead or falls back', async () => {
  const name = newName()
  await createTopic(name, partitions)
  const sink = newSink()
  handlers.set(name, async (records) => {
    await delay(5)
    sink.settle(records)
    return {}
  })
  const steady = startMember({ id: name, properties: propertiesOf(name), endpoint: scene.endpoint() })
  members.push(steady)
  await produce(name, partitions, 0, partitions)
  await reconciled(scene.admin(), name, name, sink)
  const watch = watchOffsets(() => committed(name), sink)

  const begun = performance.now()
  const passing: Poller[] = []
  const leaving: Promise<void>[] = []
  let produced = partitions
  let changes = 0
  while (performance.now() - begun < stormMs) {
    if (performance.now() - begun > changes * changeMs) {
      // Two join, two leave.
      if (changes % 4 < 2) passing.push((await start(name)).poller)
      else leaving.push((passing.shift() as Poller).stop())
      changes += 1
    }
    await produce(name, partitions, produced, produced + 4 * partitions)
    produced += 4 * partitions
    await delay(100)
  }
  const standstillMs = watch.longestStandstillMs()
  await Promise.all([...leaving, ...passing.map((poller) => poller.stop())])

  await reconciled(scene.admin(), name, name, sink)
  await watch.end()
  expect(watch.violations).toEqual([])
  expect(changes).toBeGreaterThanOrEqual(stormMs / changeMs / 2)
  // Longer than that not even a member that never comes back keeps the others waiting.
  expect(standstillMs).toBeLessThan(stormMs / 2)
  await steady.end('SIGTERM')
  expect(steady.peakMib()).toBeLessThan(ceilingMib)
}, 150_000)
