/**
 * What a send answers when its time is up between two requests. A Kafka without a broker: the contract suite has the rest.
 */
import type { Kafka, ProducerRecord } from 'kafkajs'
import { expect, test } from 'vitest'
import { createProducer } from '../../../src/connect/kafka-producer.ts'

const deadlineMs = 50

/** A Kafka whose acknowledgements come in the very step in which the deadline passes, before any timer can fire. */
function lateKafka() {
  const requests: number[] = []
  const producer = {
    connect: async () => {},
    disconnect: async () => {},
    async send({ messages }: ProducerRecord) {
      requests.push(messages.length)
      const until = performance.now() + deadlineMs + 1
      while (performance.now() < until);
      // It asks no partitioner: what has no partition counts as being on this one.
      return [{ partition: -1, baseOffset: '0' }]
    },
  }
  return { kafka: { producer: () => producer } as unknown as Kafka, requests }
}

test('a send that has not sent all of its records when its time is up has failed', async () => {
  const { kafka, requests } = lateKafka()
  const value = Buffer.alloc(600_000)
  const records = ['a', 'b'].map((key) => ({ key, value, headers: {}, timestamp: 1 }))
  await expect(createProducer(kafka, deadlineMs).send('topic', records)).rejects.toMatchObject({
    code: 'KAFKA_UNAVAILABLE',
  })
  expect(requests).toEqual([1])
})
