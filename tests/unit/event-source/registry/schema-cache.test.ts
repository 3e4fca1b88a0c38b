import { expect, test, vi } from 'vitest'
import type { SchemaRegistry } from '../../../../src/connect/schema-registry.ts'
import { SluiceError } from '../../../../src/core/errors.ts'
import { schemaCache } from '../../../../src/event-source/registry/schema-cache.ts'
import { defaultSettings } from '../../../../src/event-source/settings.ts'

const avro = { text: '"string"', dataFormat: 'AVRO' } as const
const unknown = () => new SluiceError('SCHEMA_UNKNOWN', 'unknown')
const away = () => new SluiceError('REGISTRY_UNAVAILABLE', 'away')
const fast = { ...defaultSettings, reconnectBackoff: { baseMs: 1, maxMs: 1 } }

/** A cache over a registry that gives these answers in turn, the last one for good. */
function cacheOver(answers: readonly (typeof avro | (() => Error))[], waitsForUnknown = false) {
  const stopping = new AbortController()
  const registeredSchema = vi.fn(async () => {
    const answer = answers[Math.min(registeredSchema.mock.calls.length, answers.length) - 1]
    if (typeof answer === 'function') throw answer()
    return answer as typeof avro
  })
  const open = vi.fn(async () => ({ registeredSchema }) as unknown as SchemaRegistry)
  const [onFailed, onProblem] = [vi.fn(), vi.fn()]
  const signal = stopping.signal
  const context = { open, settings: fast, waitsForUnknown, stopping: signal, onFailed, onProblem }
  return { cache: schemaCache(context), registeredSchema, open, onFailed, onProblem, stopping }
}

test('look-ups of one id are one, and what is known is not asked for again', async () => {
  const { cache, registeredSchema } = cacheOver([avro])
  expect(cache.get(1)).toBeUndefined()
  await Promise.all([cache.lookUp(1), cache.lookUp(1)])
  expect(cache.get(1)).toMatchObject({ json: expect.any(Function) })
  expect(registeredSchema).toHaveBeenCalledTimes(1)
})

test('after a failure the registry is opened anew, with its secrets, and the problem is over with the answer', async () => {
  const { cache, open, onFailed, onProblem } = cacheOver([away, avro])
  await cache.lookUp(1)
  expect(open).toHaveBeenCalledTimes(2)
  expect(onFailed.mock.calls).toEqual([['away']])
  expect(onProblem.mock.calls).toEqual([['away'], [null]])
})

test('an unknown schema is no failure, unless it is waited for', async () => {
  const final = cacheOver([unknown])
  await final.cache.lookUp(1)
  expect(final.cache.get(1)).toBe('unknown')
  expect([final.open.mock.calls.length, final.onFailed.mock.calls.length]).toEqual([1, 0])
  const waiting = cacheOver([unknown, avro], true)
  await waiting.cache.lookUp(1)
  expect(waiting.cache.get(1)).toMatchObject({ json: expect.any(Function) })
  expect(waiting.onProblem.mock.calls).toEqual([['unknown'], [null]])
})

test('a look-up ends without an answer when the poller stops', async () => {
  const { cache, stopping, onFailed } = cacheOver([away])
  const looking = cache.lookUp(1)
  await vi.waitFor(() => expect(onFailed).toHaveBeenCalled())
  stopping.abort()
  await looking
  expect(cache.get(1)).toBeUndefined()
})

test('of many ids the newest thousand are kept', async () => {
  const { cache } = cacheOver([avro])
  for (let id = 1; id <= 1_001; id += 1) await cache.lookUp(id)
  expect(cache.get(1)).toBeUndefined()
  expect(cache.get(1_001)).toBeDefined()
})
