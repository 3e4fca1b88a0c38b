/**
 * The event source mapping poller against a real Kafka, when one of the two is killed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { KafkaEventRecord } from '../../src/core/kafka-event.ts'
import { ascending, failing, numberOf, pollerScene, until } from '../system/event-source-scene.ts'

const scene = pollerScene(['kafka'])
const { handlers, newName, propertiesOf, start, createTopic, produce, committed, waitForCommit, collect } = scene

test('a killed poller loses nothing, and has committed no further than the contiguous settled prefix', async () => {
  const name = newName()
  await createTopic(name, 4)
  await produce(name, 4, 0, 4_000)
  const settled = new Set<string>()
  const keyOf = ({ partition, offset }: KafkaEventRecord) => `${partition}:${offset}`
  let calls = 0
  let isHanging = false
  handlers.set(name, async (records) => {
    calls += 1
    if (calls > 12) {
      isHanging = true
      await new Promise(() => {})
    }
    const failed = records.filter((record) => numberOf(record) % 97 === 0 && calls < 10)
    for (const record of records) if (!failed.includes(record)) settled.add(keyOf(record))
    return failing(failed)
  })
  const argument = JSON.stringify({ id: name, properties: propertiesOf(name), endpoint: scene.endpoint() })
  const child = spawn(process.execPath, [join(import.meta.dirname, '../system/event-source-process.ts'), argument], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    await until(() => expect(isHanging).toBe(true))
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  for (const [partition, offset] of await committed(name)) {
    for (const below of ascending(Math.max(0, offset))) expect(settled).toContain(`${partition}:${below}`)
  }
  handlers.set(name, (records) => {
    for (const record of records) settled.add(keyOf(record))
    return {}
  })
  await start(name)
  await waitForCommit(name, [1_000, 1_000, 1_000, 1_000])
  expect(settled.size).toBe(4_000)
})

test('Kafka may be killed and come back: nothing is lost', async () => {
  const name = newName()
  await createTopic(name, 3)
  await produce(name, 3, 0, 3_000)
  const { offsets, total } = collect(name)
  const { events } = await start(name, { BatchSize: 50 })
  await until(() => expect(total()).toBeGreaterThan(300))
  await scene.stack().service('kafka').kill('SIGKILL')
  await until(() => expect(events.some((e) => e.type === 'state' && e.result.startsWith('PROBLEM: Kafka'))).toBe(true))
  await scene.stack().service('kafka').start()
  await produce(name, 3, 3_000, 3_300)
  await waitForCommit(name, [1_100, 1_100, 1_100])
  for (let partition = 0; partition < 3; partition++) {
    expect([...new Set(offsets.get(partition))].sort((a, b) => a - b)).toEqual(ascending(1_100))
  }
})
