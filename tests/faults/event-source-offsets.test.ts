/** Offsets that the log does not hold: topics made anew under a poller, records removed before they were read, offsets behind the end. */
import { afterEach, expect, test } from 'vitest'
import type { KafkaEventRecord } from '../../src/core/kafka-event.ts'
import { ascending, pollerScene, until } from '../system/event-source-scene.ts'
import { ceilingMib, type Member, startMember } from './event-source-member.ts'
import { caughtUp, newSink, watchOffsets } from './event-source-sink.ts'

const scene = pollerScene(['kafka'])
const { handlers, newName, propertiesOf, createTopic, produce, committed } = scene
const partitions = 3
let member: Member | undefined

afterEach(() => member?.end('SIGKILL'))

const textOf = ({ value }: KafkaEventRecord) => Buffer.from(value ?? '', 'base64').toString()

/** Sends so many values to each partition: a mark, the partition and a number. Answers them. */
async function send(topic: string, mark: string, count: number): Promise<string[]> {
  const messages = ascending(partitions).flatMap((partition) =>
    ascending(count).map((number) => ({ partition, value: `${mark}-${partition}-${number}` })),
  )
  await scene.producer().send({ topic, messages })
  return messages.map(({ value }) => value)
}

test.each([
  ['at once, with fewer records', 'TRIM_HORIZON', 40, [false, true]],
  ['at once, with fewer records', 'LATEST', 40, [false, true]],
  ['after it was missed, with more records', 'TRIM_HORIZON', 400, [true, true]],
  ['after it was missed, with more records', 'LATEST', 400, [true, true]],
] as const)(
  'a topic is deleted and made again %s, under a poller that began at %s: all of the new records arrive',
  async (_, StartingPosition, count, rounds) => {
    const name = newName()
    const before = 200
    await createTopic(name, partitions)
    const seen = new Set<string>()
    handlers.set(name, (records) => {
      for (const record of records) seen.add(textOf(record))
      return {}
    })
    const running = startMember({
      id: name,
      properties: propertiesOf(name, { StartingPosition }),
      endpoint: scene.endpoint(),
    })
    member = running
    await caughtUp(scene.admin(), name, name)
    const old = await send(name, 'old', before)
    await caughtUp(scene.admin(), name, name)
    for (const [round, isMissed] of rounds.entries()) {
      await scene.admin().deleteTopics({ topics: [name] })
      if (isMissed) await until(() => expect(running.events.at(-1)?.type).toBe('polling-failed'))
      await until(() => createTopic(name, partitions))
      const made = await until(() => send(name, `new${round}`, count))
      await caughtUp(scene.admin(), name, name)
      expect(made.filter((value) => !seen.has(value))).toEqual([])
    }
    expect(old.filter((value) => !seen.has(value))).toEqual([])
    await running.end('SIGTERM')
    expect(running.peakMib()).toBeLessThan(ceilingMib)
  },
)

test('records that are removed before a poller has fetched them are passed over and reported; all others arrive', async () => {
  const name = newName()
  await createTopic(name, partitions)
  const sink = newSink()
  const gate = Promise.withResolvers<void>()
  handlers.set(name, async (records) => {
    await gate.promise
    sink.settle(records)
    return {}
  })
  // Large records, so that a partition's queue is full long before its end.
  const value = 'x'.repeat(10_000)
  const count = 400
  const messages = ascending(partitions).flatMap((partition) => ascending(count / 8).map(() => ({ partition, value })))
  for (const _ of ascending(8)) await scene.producer().send({ topic: name, messages })
  const properties = propertiesOf(name, { BatchSize: 10 })
  const running = startMember({ id: name, properties, endpoint: scene.endpoint(), settings: { queueBytes: 1 } })
  member = running
  const polled = () => new Set(running.events.flatMap((event) => (event.type === 'polled' ? [event.partition] : [])))
  await until(() => expect(polled().size).toBe(partitions))
  const removed = 300
  const movedOf = (partition: number) =>
    running.events.flatMap((e) => (e.type === 'moved' && e.partition === partition ? [e] : []))[0]
  const places = async () => {
    // kafkajs commits -2, the oldest record, before it asks where that is.
    const found = [...(await committed(name))].filter(([, offset]) => offset >= 0)
    // What the process reports is here a little later than what it commits.
    const jumped = found.filter(([, offset]) => offset >= removed)
    await until(() => expect(jumped.map(([partition]) => movedOf(partition))).not.toContain(undefined))
    return new Map(found)
  }
  const watch = watchOffsets(places, {
    ...sink,
    // What is gone counts as settled once all in front of it is.
    prefix: (partition) => {
      const moved = movedOf(partition)
      const prefix = sink.prefix(partition)
      if (!moved || prefix < moved.from) return prefix
      let offset = moved.to
      while (sink.has({ partition, offset })) offset += 1
      return offset
    },
  })
  await scene.admin().deleteTopicRecords({
    topic: name,
    partitions: ascending(partitions).map((partition) => ({ partition, offset: String(removed) })),
  })
  gate.resolve()
  const ends = await caughtUp(scene.admin(), name, name)
  await watch.end()
  expect(watch.violations).toEqual([])
  const moved = running.events.flatMap((event) => (event.type === 'moved' ? [event] : []))
  expect(moved.map(({ partition, to }) => [partition, to]).toSorted()).toEqual(
    ascending(partitions).map((p) => [p, removed]),
  )
  for (const { partition, from } of moved) {
    const lost = ascending(ends[partition] ?? 0).filter((offset) => !sink.has({ partition, offset }))
    expect(lost).toEqual(ascending(removed - from, from))
  }
  await running.end('SIGTERM')
  expect(running.peakMib()).toBeLessThan(ceilingMib)
})

test.each([
  ['in front of the log', 5, 20],
  ['behind its end', 1_000, 0],
] as const)('a group offset %s: the poller begins with the oldest record, and says so', async (_, offset, first) => {
  const name = newName()
  await createTopic(name, partitions)
  await produce(name, partitions, 0, 300)
  const places = ascending(partitions).map((partition) => ({ partition, offset: String(offset) }))
  await until(() => scene.admin().setOffsets({ groupId: name, topic: name, partitions: places }))
  const oldest = ascending(partitions).map((partition) => ({ partition, offset: String(first) }))
  if (first > 0) await scene.admin().deleteTopicRecords({ topic: name, partitions: oldest })
  const sink = newSink()
  handlers.set(name, (records) => {
    sink.settle(records)
    return {}
  })
  const running = startMember({ id: name, properties: propertiesOf(name), endpoint: scene.endpoint() })
  member = running
  const ends = await caughtUp(scene.admin(), name, name)
  for (const partition of ascending(partitions)) {
    const end = ends[partition] ?? 0
    expect(ascending(end).filter((each) => sink.has({ partition, offset: each }))).toEqual(
      ascending(end - first, first),
    )
  }
  const moved = running.events.flatMap((event) => (event.type === 'moved' ? [[event.from, event.to]] : []))
  expect(moved).toEqual(Array(partitions).fill([offset, first]))
  await running.end('SIGTERM')
  expect(running.peakMib()).toBeLessThan(ceilingMib)
})
