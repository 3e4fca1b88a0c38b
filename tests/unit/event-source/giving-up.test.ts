import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { DiscardedBatch } from '../../../src/event-source/destination/destination.ts'
import { failing, fetched, record, start, success } from './dispatcher-scene.ts'

const withDestination = { DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } }

describe('giving up', () => {
  const destination = (outcomes: boolean[] = []) => {
    const sent: DiscardedBatch[] = []
    const send = async (discarded: DiscardedBatch) => {
      if (outcomes.shift() === false) throw new Error('down')
      sent.push(discarded)
    }
    return { sent, destination: { send, close: async () => {} } }
  }
  const offsetsOf = ({ batch }: DiscardedBatch) => batch.map(({ records }) => records.map(({ offset }) => offset))
  test('without a destination the records are dropped and reported when the retries are exhausted', async () => {
    let calls = 0
    const { dispatcher, next, events } = start(
      (offsets) => {
        if (offsets.get(0)?.includes(0)) calls += 1
        return offsets.get(0)?.includes(0) ? { ...success, functionError: 'Unhandled' } : success
      },
      { properties: { MaximumRetryAttempts: 2, BatchSize: 2 } },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1, 2]))
    await vi.waitFor(() => expect(next(0)).toBe(3))
    expect(calls).toBe(3)
    expect(events.filter(({ type }) => type === 'dropped')).toMatchObject([
      { records: 2, condition: 'RetryAttemptsExhausted', delivered: false },
    ])
  })

  test('with one, nothing is settled before it has the records, and the partition waits', async () => {
    const { sent, destination: port } = destination([false, false])
    const settledBefore: (number | undefined)[] = []
    const { dispatcher, next, events, problems } = start(() => ({ ...success, functionError: 'Unhandled' }), {
      properties: { ...withDestination, MaximumRetryAttempts: 0, BatchSize: 1 },
      destination: {
        ...port,
        send(discarded) {
          settledBefore.push(next(0))
          return port.send(discarded)
        },
      },
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1]))
    await vi.waitFor(() => expect(next(0)).toBe(2))
    expect(settledBefore).toEqual([0, 0, 0, 1])
    expect(sent.map(offsetsOf)).toEqual([[[0]], [[1]]])
    expect(sent[0]).toMatchObject({ condition: 'RetryAttemptsExhausted', invocations: 1 })
    expect(events.filter(({ type }) => type === 'destination-failed')).toHaveLength(2)
    expect(problems).toContain('the on-failure destination did not take 1 records: down')
  })

  test('retries without end are capped at ten when there is a destination', async () => {
    const { sent, destination: port } = destination()
    let calls = 0
    const { dispatcher, next } = start(
      () => {
        calls += 1
        return { ...success, functionError: 'Unhandled' }
      },
      { properties: withDestination, destination: port },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(next(0)).toBe(1))
    expect(calls).toBe(11)
    expect(sent[0]?.invocations).toBe(11)
  })

  test('bisecting finds the bad record, and only that one is given up', async () => {
    const { sent, destination: port } = destination()
    const { dispatcher, next } = start(
      (offsets) => (offsets.get(0)?.includes(5) ? { ...success, functionError: 'Unhandled' } : success),
      {
        properties: { ...withDestination, MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true },
        destination: port,
      },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1, 2, 3, 4, 5, 6, 7]))
    await vi.waitFor(() => expect(next(0)).toBe(8))
    expect(sent.map(offsetsOf)).toEqual([[[5]]])
  })

  test('the failure record of a half names its own last invocation, not that of the other half', async () => {
    const { sent, destination: port } = destination()
    const lasting = 61_000
    let now = 0
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
    onTestFinished(() => clock.mockRestore())
    const { dispatcher, next } = start(
      (offsets) => {
        const both = offsets.get(0)?.length === 2
        if (!both) now = lasting
        return both ? { ...success, functionError: 'Unhandled', requestId: 'both' } : { ...success, requestId: 'half' }
      },
      {
        properties: { ...withDestination, MaximumRecordAgeInSeconds: 60, BisectBatchOnFunctionError: true },
        destination: port,
      },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1]))
    await vi.waitFor(() => expect(next(0)).toBe(2))
    expect(sent.map(offsetsOf)).toEqual([[[1]]])
    expect(sent[0]).toMatchObject({
      condition: 'RecordAgeExceeded',
      invocations: 1,
      lastInvocation: { requestId: 'both', functionError: 'Unhandled' },
    })
  })

  test('records of a partial answer are given up alone', async () => {
    const { sent, destination: port } = destination()
    const { dispatcher, next } = start((offsets) => (offsets.get(0)?.includes(1) ? failing([0, 1]) : success), {
      properties: { ...withDestination, MaximumRetryAttempts: 1 },
      destination: port,
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1, 2]))
    await vi.waitFor(() => expect(next(0)).toBe(3))
    expect(sent.map(offsetsOf)).toEqual([[[1]]])
    expect(sent[0]?.lastInvocation?.functionError).toBeNull()
  })

  test('records that are too old are given up before they are sent, the others go on', async () => {
    const { sent, destination: port } = destination()
    const seen: number[][] = []
    const { dispatcher, next } = start(
      (offsets) => {
        seen.push(offsets.get(0) ?? [])
        return success
      },
      { properties: { ...withDestination, MaximumRecordAgeInSeconds: 60 }, destination: port },
    )
    dispatcher.begin(0, 0, 0)
    const records = [record(0), { ...record(1), timestamp: Date.now() }]
    dispatcher.receive({ ...fetched(0, [0, 1]), records })
    await vi.waitFor(() => expect(next(0)).toBe(2))
    expect(seen).toEqual([[1]])
    expect(sent.map(offsetsOf)).toEqual([[[0]]])
    expect(sent[0]).toMatchObject({ condition: 'RecordAgeExceeded', invocations: 0, lastInvocation: null })
  })

  test('a record too large for any event goes to the destination, in its place', async () => {
    const { sent, destination: port } = destination()
    const seen: number[][] = []
    const { dispatcher, next, events } = start(
      (offsets) => {
        seen.push(offsets.get(0) ?? [])
        return success
      },
      { properties: withDestination, settings: { payloadLimitBytes: 1_000 }, destination: port },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    dispatcher.receive(fetched(0, [1], Buffer.alloc(2_000)))
    dispatcher.receive(fetched(0, [2]))
    await vi.waitFor(() => expect(next(0)).toBe(3))
    expect(seen).toEqual([[0], [2]])
    expect(sent).toMatchObject([{ condition: 'MaximumPayloadSizeExceeded', invocations: 0 }])
    expect(events.filter(({ type }) => type === 'oversized')).toMatchObject([{ offset: 1, action: 'destination' }])
  })

  test('stopping leaves what the destination has not taken', async () => {
    const { dispatcher, next, events } = start(() => ({ ...success, functionError: 'Unhandled' }), {
      properties: { ...withDestination, MaximumRetryAttempts: 0 },
      settings: { retryBackoff: { baseMs: 60_000, maxMs: 60_000 } },
      destination: { send: () => Promise.reject(new Error('down')), close: async () => {} },
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'destination-failed')).toBe(true))
    await dispatcher.stop()
    expect(next(0)).toBe(0)
  })
  test('a partition that is lost meanwhile is left to its new owner', async () => {
    const gate = Promise.withResolvers<void>()
    let sends = 0
    const { dispatcher, next } = start(() => ({ ...success, functionError: 'Unhandled' }), {
      properties: { ...withDestination, MaximumRetryAttempts: 0 },
      destination: {
        async send() {
          sends += 1
          await gate.promise
          throw new Error('down')
        },
        close: async () => {},
      },
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(sends).toBe(1))
    const lost = dispatcher.partitions.get(0)
    dispatcher.keepOnly([])
    gate.resolve()
    await vi.waitFor(() => expect(dispatcher.invocationsInFlight).toBe(0))
    expect([sends, lost?.prefix.next, next(0)]).toEqual([1, 0, undefined])
  })
})

describe('a filter', () => {
  const FilterCriteria = { Filters: [{ Pattern: '{"value":["a"]}' }] }

  test('keeps records away, which are settled with those before them', async () => {
    const gate = Promise.withResolvers<void>()
    const seen: number[][] = []
    const { dispatcher, next, events } = start(
      async (offsets) => {
        seen.push(offsets.get(0) ?? [])
        await gate.promise
        return success
      },
      { properties: { FilterCriteria } },
    )
    dispatcher.begin(0, 0, 0)
    const values = ['b', 'a', 'b', 'a', 'b'].map((value, offset) => record(offset, Buffer.from(value)))
    dispatcher.receive({ ...fetched(0, [0, 1, 2, 3, 4]), records: values })
    await vi.waitFor(() => expect(seen).toEqual([[1, 3]]))
    expect(next(0)).toBe(1)
    gate.resolve()
    await vi.waitFor(() => expect(next(0)).toBe(5))
    expect(events.filter(({ type }) => type === 'polled')).toMatchObject([{ records: 5, filtered: 3 }])
  })

  test('that keeps everything away advances without an invocation', () => {
    const { dispatcher, next } = start(
      () => {
        throw new Error('not to be invoked')
      },
      { properties: { FilterCriteria } },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1, 2], Buffer.from('b')))
    expect(next(0)).toBe(3)
    expect(dispatcher.invocationsInFlight).toBe(0)
  })
})

test('whatever fails, each record ends once: settled by the function or taken by the destination, never passed over', async () => {
  const outcomes = fc.constantFrom('success', 'error', 'error', 'partial', 'unreachable')
  const given = fc.record({
    MaximumRetryAttempts: fc.integer({ min: 0, max: 2 }),
    BisectBatchOnFunctionError: fc.boolean(),
    BatchSize: fc.integer({ min: 1, max: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
      given,
      fc.array(outcomes, { maxLength: 25 }),
      fc.array(fc.boolean(), { maxLength: 8 }),
      async (sizes, properties, script, destinationScript) => {
        const violations: string[] = []
        const ended = new Map<string, number>()
        const end = (id: number, offset: number) =>
          ended.set(`${id}:${offset}`, (ended.get(`${id}:${offset}`) ?? 0) + 1)
        let call = 0
        const { dispatcher, next } = start(
          async (parts) => {
            const outcome = script[call++] ?? 'success'
            for (const [id, offsets] of parts) {
              if ((next(id) as number) > (offsets[0] as number)) violations.push('the prefix passed an open record')
            }
            await new Promise(setImmediate)
            if (outcome === 'unreachable') throw new Error('unreachable')
            if (outcome === 'error') return { ...success, functionError: 'Unhandled' }
            const flat = [...parts].flatMap(([id, offsets]) => offsets.map((o): [number, number] => [id, o]))
            const failed = outcome === 'partial' ? flat.filter((_, index) => (index + call) % 2 === 0) : []
            for (const [id, o] of flat) if (!failed.some(([p, q]) => p === id && q === o)) end(id, o)
            return failing(...failed)
          },
          {
            properties: { ...withDestination, ...properties },
            destination: {
              async send({ batch }) {
                if (destinationScript.shift() === false) throw new Error('down')
                for (const { partition, records } of batch) for (const { offset } of records) end(partition, offset)
              },
              close: async () => {},
            },
          },
        )
        for (const [id, size] of sizes.entries()) {
          dispatcher.begin(id, 0, 0)
          dispatcher.receive(fetched(id, [...Array(size).keys()]))
        }
        await vi.waitFor(() => expect(sizes.map((_, id) => next(id))).toEqual(sizes))
        expect(violations).toEqual([])
        expect([...ended.values()].every((times) => times === 1)).toBe(true)
        expect(ended.size).toBe(sizes.reduce((sum, size) => sum + size, 0))
      },
    ),
    { numRuns: 60 },
  )
})
