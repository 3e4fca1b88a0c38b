import { expect, test } from 'vitest'
import { waitFor } from '../../../src/runtime/topology/wait.ts'

test('the first success ends the wait', async () => {
  let attempts = 0
  const attempt = async () => {
    attempts += 1
    if (attempts < 3) throw new Error('not yet')
    return attempts
  }
  await expect(waitFor('It', attempt, { deadlineMs: 5_000, intervalMs: 1 })).resolves.toBe(3)
})

test('the failure names the service and the last reason', async () => {
  const attempt = () => Promise.reject(new Error('connection refused'))
  await expect(waitFor('Kafka at a:1', attempt, { deadlineMs: 30, intervalMs: 5 })).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: 'Kafka at a:1 was not ready within 0.03 s: connection refused',
  })
})

test('an attempt that never ends is given up', async () => {
  const attempt = () => new Promise<never>(() => {})
  await expect(waitFor('It', attempt, { deadlineMs: 30, intervalMs: 5 })).rejects.toMatchObject({
    message: 'It was not ready within 0.03 s: no answer',
  })
})

test('an attempt that the deadline cuts off does not hide why the one before it failed', async () => {
  let attempts = 0
  const attempt = () => {
    attempts += 1
    return attempts === 1 ? Promise.reject(new Error('access denied')) : new Promise<never>(() => {})
  }
  await expect(waitFor('It', attempt, { deadlineMs: 50, intervalMs: 1 })).rejects.toMatchObject({
    message: 'It was not ready within 0.05 s: access denied',
  })
})
