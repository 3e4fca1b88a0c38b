import { expect, test, vi } from 'vitest'
import type { KafkaSecurity } from '../../../src/core/endpoints.ts'
import { functionProducer } from '../../../src/runtime/producer.ts'

const environment = { bootstrapServers: '127.0.0.1:1', kafka: { kind: 'scram', secret: 'sluice/kafka' } } as const
const records = [{ key: 'k', value: null, headers: {}, timestamp: 1 }]

test('nothing to send reads no login', async () => {
  const read = vi.fn()
  const producer = functionProducer(environment, read)
  expect(await producer.send('t', [])).toEqual([])
  await producer.disconnect()
  expect(read).not.toHaveBeenCalled()
})

test('sends that wait share one reading; a failed one is forgotten, and says what could not be read', async () => {
  const read = vi.fn(async (): Promise<KafkaSecurity> => {
    throw new Error('Secrets Manager is away')
  })
  const producer = functionProducer(environment, read)
  const unreadable = {
    code: 'KAFKA_UNAVAILABLE',
    message: 'the login of Kafka could not be read from its secret',
    cause: { message: 'Secrets Manager is away' },
  }
  const sends = await Promise.allSettled([producer.send('t', records), producer.send('t', records)])
  for (const send of sends) expect(send).toMatchObject({ status: 'rejected', reason: unreadable })
  expect(read).toHaveBeenCalledTimes(1)
  expect(read).toHaveBeenCalledWith(environment.kafka)
  await expect(producer.send('t', records)).rejects.toMatchObject(unreadable)
  expect(read).toHaveBeenCalledTimes(2)
  await producer.disconnect()
})
