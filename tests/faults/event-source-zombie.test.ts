/** A member that is frozen beyond its session timeout, replaced, and thawed. */
import { afterEach, expect, test } from 'vitest'
import { sessionTimeoutMs } from '../../src/connect/kafka-consumer.ts'
import type { KafkaEventRecord } from '../../src/core/kafka-event.ts'
import { pollerScene, until } from '../system/event-source-scene.ts'
import { ceilingMib, type Member, startMember } from './event-source-member.ts'
import { newSink, reconciled, watchOffsets } from './event-source-sink.ts'

const scene = pollerScene(['kafka'])
const { handlers, newName, propertiesOf, createTopic, produce, committed } = scene
const partitions = 4
const members: Member[] = []

afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.end('SIGKILL')))
})

test('a member that wakes up after another has taken over sets no offset back and sends nothing old', async () => {
  const name = newName()
  await createTopic(name, partitions)
  const sink = newSink()
  const begin = (functionName: string) => {
    const group = { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: name } }
    const properties = propertiesOf(name, { ...group, FunctionName: functionName, BatchSize: 20 })
    const member = startMember({ id: functionName, properties, endpoint: scene.endpoint() })
    members.push(member)
    return member
  }
  const assignments = ({ events }: Member) => events.flatMap((e) => (e.type === 'assigned' ? [e.partitions] : []))
  const [zombieName, heirName] = [`${name}-zombie`, `${name}-heir`]
  const thaw = Promise.withResolvers<void>()
  let isHeld = false
  let held = 0
  const stale: KafkaEventRecord[] = []
  handlers.set(zombieName, async (records) => {
    stale.push(...records.filter((record) => sink.has(record)))
    if (isHeld) {
      held += 1
      await thaw.promise
    }
    sink.settle(records)
    return {}
  })
  handlers.set(heirName, (records) => {
    sink.settle(records)
    return {}
  })

  const zombie = begin(zombieName)
  await produce(name, partitions, 0, 400)
  await reconciled(scene.admin(), name, name, sink)
  const watch = watchOffsets(() => committed(name), sink)
  isHeld = true
  await produce(name, partitions, 400, 4_000)
  await until(() => expect(held).toBeGreaterThanOrEqual(2))
  zombie.signal('SIGSTOP')
  const frozenAt = performance.now()
  const heir = begin(heirName)
  await until(() => expect(assignments(heir).at(-1)).toHaveLength(partitions))
  expect(performance.now() - frozenAt).toBeGreaterThan(sessionTimeoutMs / 2)
  await reconciled(scene.admin(), name, name, sink)
  const joined = assignments(zombie).length

  // What it had in flight is answered while it sleeps, so that it wakes up to records it takes for settled.
  thaw.resolve()
  isHeld = false
  zombie.signal('SIGCONT')
  await until(() => expect(assignments(zombie).length).toBeGreaterThan(joined))
  await produce(name, partitions, 4_000, 8_000)
  await reconciled(scene.admin(), name, name, sink)
  await until(() => expect([...members].map((member) => assignments(member).at(-1)?.length)).toEqual([2, 2]))
  await watch.end()
  expect(watch.violations).toEqual([])
  expect(stale).toEqual([])
  await Promise.all(members.map((member) => member.end('SIGTERM')))
  for (const member of members) expect(member.peakMib()).toBeLessThan(ceilingMib)
})
