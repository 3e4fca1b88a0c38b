/**
 * What src/connect/kafka-producer.ts owes, against a real broker.
 */
import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { connectKafka } from '../../../src/connect/kafka.ts'
import { offsetBounds } from '../../../src/connect/kafka-offsets.ts'
import { createProducer } from '../../../src/connect/kafka-producer.ts'
import type { Endpoints } from '../../../src/core/endpoints.ts'
import { kafkaTools, place, record } from './kafka-tools.ts'

/** Tests of the producer. */
export function kafkaProducerContract(endpoints: () => Endpoints): void {
  const tools = kafkaTools(endpoints)

  describe('the producer', () => {
    test('says where each record stands, over many partitions and sends', async () => {
      const { producer, newTopic, read } = tools()
      const topic = await newTopic(12)
      const sent = Array.from({ length: 900 }, (_, index) => record(`key-${index % 97}`, `value-${index}`))
      const positions = []
      for (let at = 0; at < sent.length; at += 300)
        positions.push(...(await producer.send(topic, sent.slice(at, at + 300))))
      const found = new Map((await read(topic)).map((each) => [place(each), each]))
      expect(found.size).toBe(sent.length)
      for (const [index, position] of positions.entries()) {
        expect(String(found.get(place(position))?.value)).toBe(`value-${index}`)
      }
      expect(new Set(positions.map(({ partition }) => partition)).size).toBe(12)
    })

    test('says so as well while others produce to the same partitions', async () => {
      const { kafka, producer, newTopic, read } = tools()
      const topic = await newTopic(2)
      const other = createProducer(kafka)
      try {
        const batches = await Promise.all(
          [producer, other].flatMap((each, who) =>
            Array.from({ length: 10 }, async (_, batch) => {
              const values = Array.from({ length: 20 }, (_, index) => `${who}-${batch}-${index}`)
              const positions = await each.send(
                topic,
                values.map((value) => record(value, value)),
              )
              return positions.map((position, index) => [place(position), values[index]] as const)
            }),
          ),
        )
        const found = (await read(topic)).map((each) => [place(each), String(each.value)] as const)
        expect(new Map(found)).toEqual(new Map(batches.flat()))
      } finally {
        await other.disconnect()
      }
    })

    test('keeps key, value, headers and time as they were given', async () => {
      const { producer, newTopic, read } = tools()
      const topic = await newTopic(1)
      const headers = { one: 'text ✓', many: [Buffer.from([0, 255]), 'second'], empty: '' }
      await producer.send(topic, [record('ключ', null, { headers }), record(null, '', { timestamp: 1 })])
      const [first, second] = await read(topic)
      expect(first).toMatchObject({ topic, partition: 0, offset: 0, timestamp: 1_700_000_000_000, value: null })
      expect(String(first?.key)).toBe('ключ')
      expect(first?.headers).toEqual({
        one: Buffer.from('text ✓'),
        many: [Buffer.from([0, 255]), Buffer.from('second')],
        empty: Buffer.alloc(0),
      })
      expect(second).toMatchObject({ key: null, value: Buffer.alloc(0), timestamp: 1, headers: {} })
    })

    test("chooses the partition of a key as Kafka's Java client does", async () => {
      const { producer, newTopic } = tools()
      const topic = await newTopic(31)
      // The hashes are those of org.apache.kafka.common.utils.UtilsTest.
      const hashes = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 }
      const positions = await producer.send(
        topic,
        Object.keys(hashes).map((key) => record(key, key)),
      )
      expect(positions.map(({ partition }) => partition)).toEqual(
        Object.values(hashes).map((hash) => (hash & 0x7fffffff) % 31),
      )
    })

    test('puts a record on the partition that it names, whatever its key, beside others of its request', async () => {
      const { producer, newTopic, read } = tools()
      const topic = await newTopic(5)
      const sent = [3, undefined, 0, 3, undefined, 4].map((partition, index) =>
        record('same', String(index), partition === undefined ? {} : { partition }),
      )
      const positions = await producer.send(topic, sent)
      const ofKey = positions[1]?.partition
      expect(positions.map(({ partition }) => partition)).toEqual([3, ofKey, 0, 3, ofKey, 4])
      const found = new Map((await read(topic)).map((each) => [place(each), String(each.value)]))
      expect(positions.map((position) => found.get(place(position)))).toEqual(['0', '1', '2', '3', '4', '5'])
    })

    test('sends more than the broker takes in one batch', async () => {
      const { admin, producer, newTopic } = tools()
      const topic = await newTopic(1)
      const sent = Array.from({ length: 40 }, (_, index) => record('k', `${index} ${'x'.repeat(100_000)}`))
      const positions = await producer.send(topic, sent)
      expect(positions.map(({ offset }) => offset)).toEqual(sent.map((_, index) => index))
      expect((await offsetBounds(admin, topic)).end.get(0)).toBe(40)
    })

    test('sends a record of nearly 1 MiB', async () => {
      const { producer, newTopic } = tools()
      const topic = await newTopic(1)
      expect(await producer.send(topic, [record('k', 'x'.repeat(1_000_005))])).toEqual([{ partition: 0, offset: 0 }])
    })

    test('keeps the order of a key within a send and over sends that follow each other', async () => {
      const { producer, newTopic, read } = tools()
      const topic = await newTopic(3)
      const values = Array.from({ length: 40 }, (_, index) => String(index))
      for (let at = 0; at < values.length; at += 10) {
        const batch = values.slice(at, at + 10)
        await producer.send(
          topic,
          batch.map((value) => record('same', value)),
        )
      }
      expect((await read(topic)).map(({ value }) => String(value))).toEqual(values)
    })

    const unavailable = { code: 'KAFKA_UNAVAILABLE', retryable: true }

    test('creates no topic', async () => {
      const { kafka, admin } = tools()
      const topic = `none-${randomUUID()}`
      const impatient = createProducer(kafka, 1_000)
      await expect(impatient.send(topic, [record('k', 'v')])).rejects.toMatchObject(unavailable)
      await impatient.disconnect()
      expect(await admin.listTopics()).not.toContain(topic)
    })

    test('gives up at its deadline when a broker accepts and never answers', async () => {
      const sockets = new Set<{ destroy(): void }>()
      const silent = createServer((socket) => sockets.add(socket.on('error', () => {})))
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      const { port } = silent.address() as AddressInfo
      const deaf = createProducer(
        connectKafka({ bootstrapServers: `127.0.0.1:${port}`, clientId: 'sluice-tests' }),
        400,
      )
      const began = performance.now()
      try {
        await expect(deaf.send('t', [record('k', 'v')])).rejects.toMatchObject(unavailable)
        expect(performance.now() - began).toBeLessThan(3_000)
      } finally {
        for (const socket of sockets) socket.destroy()
        silent.close()
      }
    })

    test('asks nobody when there is nothing to send', async () => {
      const nobody = createProducer(connectKafka({ bootstrapServers: '127.0.0.1:1', clientId: 'sluice-tests' }))
      expect(await nobody.send('t', [])).toEqual([])
    })
  })
}
