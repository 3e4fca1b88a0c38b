import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { ConsumedRecord } from '../../../src/connect/kafka-consumer.ts'
import type { KafkaEvent } from '../../../src/core/kafka-event.ts'
import type { DiscardedBatch, OnFailureDestination } from '../../../src/event-source/destination/destination.ts'
import { Dispatcher, type DispatcherContext } from '../../../src/event-source/dispatcher.ts'
import type { Invocation } from '../../../src/event-source/invoker.ts'
import { parseMapping } from '../../../src/event-source/mapping.ts'
import type { PollerEvent } from '../../../src/event-source/report.ts'
import { defaultSettings, type PollerSettings } from '../../../src/event-source/settings.ts'

const properties = {
  FunctionName: 'f',
  Topics: ['topic'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:1'] } },
  StartingPosition: 'TRIM_HORIZON',
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  MaximumBatchingWindowInSeconds: 0,
}

const record = (offset: number, value: Buffer | null = null): ConsumedRecord => ({
  offset,
  timestamp: 0,
  timestampType: 'CREATE_TIME',
  key: null,
  value,
  headers: [],
})
const fetched = (partition: number, offsets: readonly number[], value: Buffer | null = null) => ({
  partition,
  records: offsets.map((offset) => record(offset, value)),
  next: (offsets.at(-1) ?? -1) + 1,
  highWatermark: 1_000,
})
const success: Invocation = {
  functionError: null,
  payload: 'null',
  requestId: 'r',
  statusCode: 200,
  executedVersion: '$LATEST',
}
const fast = { retryBackoff: { baseMs: 0, maxMs: 0 } }

type Handler = (offsets: ReadonlyMap<number, number[]>, signal: AbortSignal) => Promise<Invocation> | Invocation

type Change = { properties?: object; settings?: Partial<PollerSettings>; destination?: OnFailureDestination }

function start(handler: Handler, change: Change = {}) {
  const events: PollerEvent[] = []
  const paused: string[] = []
  const problems: (string | null)[] = []
  const context: DispatcherContext = {
    mapping: parseMapping('m', { ...properties, ...change.properties }),
    openDestination: () => change.destination as OnFailureDestination,
    settings: { ...defaultSettings, ...fast, ...change.settings },
    report: (event) => events.push(event),
    setPaused: (partition, isPaused) => paused.push(`${isPaused ? 'pause' : 'resume'} ${partition}`),
    onSettled: () => {},
    onResult: (problem) => problems.push(problem),
    invoker: {
      async invoke(functionName, payload, signal) {
        expect(functionName).toBe('f')
        const { records } = JSON.parse(Buffer.from(payload).toString()) as KafkaEvent
        const parts = Object.values(records)
        return handler(
          new Map(parts.map((part) => [part[0]?.partition ?? -1, part.map(({ offset }) => offset)])),
          signal,
        )
      },
    },
  }
  const dispatcher = new Dispatcher(context)
  dispatcher.setOpen(true)
  return { dispatcher, events, paused, problems, next: (id: number) => dispatcher.partitions.get(id)?.prefix.next }
}

const failing = (...items: [number, number][]): Invocation => ({
  ...success,
  payload: JSON.stringify({
    batchItemFailures: items.map(([partition, offset]) => ({
      itemIdentifier: { partition: `topic-${partition}`, offset },
    })),
  }),
})

describe('failures', () => {
  test('a function error repeats the whole batch in order until it succeeds', async () => {
    const calls: [number, number[]][][] = []
    const { dispatcher, next, events } = start((offsets) => {
      calls.push([...offsets])
      return calls.length < 3 ? { ...success, functionError: 'Unhandled' } : success
    })
    dispatcher.begin(0, 5, 5)
    dispatcher.begin(1, 0, 0)
    dispatcher.receive(fetched(0, [5, 6]))
    dispatcher.receive(fetched(1, [0]))
    await vi.waitFor(() => expect(next(0)).toBe(7))
    expect(next(1)).toBe(1)
    const batch = [
      [0, [5, 6]],
      [1, [0]],
    ]
    expect(calls).toEqual([batch, batch, batch])
    expect(events.filter(({ type }) => type === 'invoked')).toMatchObject([
      { outcome: 'function-error', attempt: 0 },
      { outcome: 'function-error', attempt: 1 },
      { outcome: 'success', attempt: 2 },
    ])
  })

  test('a partial answer repeats the named records alone and commits the contiguous prefix only', async () => {
    const calls: number[][] = []
    const gate = Promise.withResolvers<void>()
    const { dispatcher, next } = start(async (offsets) => {
      calls.push(offsets.get(0) ?? [])
      if (calls.length === 1) return failing([0, 4], [0, 2])
      await gate.promise
      return success
    })
    dispatcher.begin(0, 1, 1)
    dispatcher.receive(fetched(0, [1, 2, 3, 4, 6]))
    await vi.waitFor(() => expect(calls.length).toBe(2))
    expect(next(0)).toBe(2)
    gate.resolve()
    await vi.waitFor(() => expect(next(0)).toBe(7))
    expect(calls).toEqual([
      [1, 2, 3, 4, 6],
      [2, 4],
    ])
  })

  test('partitions without a failed record go on while the others are retried', async () => {
    const seen: [number, number[]][][] = []
    const { dispatcher, next } = start((offsets) => {
      seen.push([...offsets])
      return offsets.has(1) ? failing([1, 0]) : success
    })
    for (const id of [0, 1]) dispatcher.begin(id, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    dispatcher.receive(fetched(1, [0]))
    await vi.waitFor(() => expect(next(0)).toBe(1))
    dispatcher.receive(fetched(0, [1]))
    await vi.waitFor(() => expect(next(0)).toBe(2))
    expect(next(1)).toBe(0)
    await dispatcher.stop()
  })

  test('an unreachable function is retried and does not count as an attempt', async () => {
    let calls = 0
    const { dispatcher, next, events, problems } = start(() => {
      calls += 1
      if (calls < 3) throw new Error('throttled')
      return success
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(next(0)).toBe(1))
    expect(events.filter(({ type }) => type === 'invoked')).toMatchObject([
      { outcome: 'undelivered', attempt: 0 },
      { outcome: 'undelivered', attempt: 0 },
      { outcome: 'success', attempt: 0 },
    ])
    expect(problems).toEqual(['throttled', 'throttled', null])
  })

  test('without ReportBatchItemFailures the answer is not looked at', async () => {
    const { dispatcher, next } = start(() => failing([0, 0]), { properties: { FunctionResponseTypes: [] } })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(next(0)).toBe(1))
  })

  test('with it a malformed answer fails the whole batch', async () => {
    let calls = 0
    const { dispatcher, next, problems } = start(() => {
      calls += 1
      return calls === 1 ? failing([0, 99]) : success
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1]))
    await vi.waitFor(() => expect(next(0)).toBe(2))
    expect(calls).toBe(2)
    expect(problems[0]).toContain('refused')
  })
})

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
  const withDestination = { DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } }

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

describe('a lost partition', () => {
  test('settles nothing any more, and a regained one waits for the batch in flight', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let calls = 0
    const { dispatcher, next } = start(async () => {
      await gates[calls++]?.promise
      return success
    })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1]))
    await vi.waitFor(() => expect(calls).toBe(1))
    const lost = dispatcher.partitions.get(0)
    dispatcher.keepOnly([])
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1]))
    await new Promise(setImmediate)
    expect(calls).toBe(1)
    gates[0]?.resolve()
    await vi.waitFor(() => expect(calls).toBe(2))
    expect(lost?.prefix.next).toBe(0)
    expect(next(0)).toBe(0)
    gates[1]?.resolve()
    await vi.waitFor(() => expect(next(0)).toBe(2))
  })

  test('is left out of the next attempt', async () => {
    const seen: number[][] = []
    const { dispatcher } = start((offsets) => {
      seen.push([...offsets.keys()])
      if (seen.length > 1) return success
      dispatcher.keepOnly([1])
      return { ...success, functionError: 'Unhandled' }
    })
    for (const id of [0, 1]) {
      dispatcher.begin(id, 0, 0)
      dispatcher.receive(fetched(id, [0]))
    }
    await vi.waitFor(() => expect(seen).toEqual([[0, 1], [1]]))
  })
})

describe('bounds', () => {
  test('a full queue pauses its partition and resumes when drained', async () => {
    const gate = Promise.withResolvers<void>()
    const { dispatcher, paused, next } = start(
      async () => {
        await gate.promise
        return success
      },
      { settings: { queueBytes: 0, payloadLimitBytes: 1024 * 1024 } },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1, 2], Buffer.alloc(300_000)))
    expect(paused).toEqual(['resume 0', 'pause 0'])
    gate.resolve()
    await vi.waitFor(() => expect(next(0)).toBe(3))
    expect(paused).toEqual(['resume 0', 'pause 0', 'resume 0'])
  })

  test('a record too large for any event holds its partition, with everything before it settled', async () => {
    const { dispatcher, next, events, paused } = start(() => success, { settings: { payloadLimitBytes: 1_000 } })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    dispatcher.receive(fetched(0, [1], Buffer.alloc(2_000)))
    dispatcher.receive(fetched(0, [2]))
    await vi.waitFor(() => expect(next(0)).toBe(1))
    expect(dispatcher.partitions.get(0)?.held?.offset).toBe(1)
    expect(events.filter(({ type }) => type === 'oversized')).toMatchObject([{ offset: 1, action: 'hold' }])
    expect(paused.at(-1)).toBe('pause 0')
  })

  test('or is discarded, if the settings say so', async () => {
    const settings = { payloadLimitBytes: 1_000, oversizedRecord: 'discard' as const }
    const { dispatcher, next, events } = start(() => success, { settings })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0], Buffer.alloc(2_000)))
    dispatcher.receive(fetched(0, [1]))
    await vi.waitFor(() => expect(next(0)).toBe(2))
    expect(events.filter(({ type }) => type === 'oversized')).toMatchObject([{ offset: 0, action: 'discard' }])
  })

  test('never more invocations at once than allowed', async () => {
    const gate = Promise.withResolvers<void>()
    let running = 0
    const { dispatcher, next } = start(
      async () => {
        running += 1
        await gate.promise
        return success
      },
      { settings: { maxConcurrentInvocations: 2 }, properties: { BatchSize: 1 } },
    )
    for (const id of [0, 1, 2]) {
      dispatcher.begin(id, 0, 0)
      dispatcher.receive(fetched(id, [0]))
    }
    await vi.waitFor(() => expect(running).toBe(2))
    expect(dispatcher.invocationsInFlight).toBe(2)
    gate.resolve()
    await vi.waitFor(() => expect([next(0), next(1), next(2)]).toEqual([1, 1, 1]))
  })
})

describe('stopping', () => {
  test('waits for invocations in flight and begins none', async () => {
    const gate = Promise.withResolvers<void>()
    let calls = 0
    const { dispatcher, next } = start(
      async () => {
        calls += 1
        await gate.promise
        return success
      },
      { properties: { BatchSize: 1 } },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0, 1]))
    await vi.waitFor(() => expect(calls).toBe(1))
    const stopped = dispatcher.stop()
    gate.resolve()
    await stopped
    expect(next(0)).toBe(1)
    expect(calls).toBe(1)
  })

  test('gives up what exceeds the deadline, without settling it', async () => {
    const { dispatcher, next } = start(
      (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { settings: { stopDeadlineMs: 10 } },
    )
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(dispatcher.invocationsInFlight).toBe(1))
    await dispatcher.stop()
    expect(next(0)).toBe(0)
  })

  test('ends a wait between attempts', async () => {
    const settings = { retryBackoff: { baseMs: 60_000, maxMs: 60_000 } }
    const { dispatcher, events } = start(() => ({ ...success, functionError: 'Unhandled' }), { settings })
    dispatcher.begin(0, 0, 0)
    dispatcher.receive(fetched(0, [0]))
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'retry')).toBe(true))
    await dispatcher.stop()
  })
})

test('whatever fails: one batch in flight per partition, attempts in order, every record settled, no prefix too far', async () => {
  const anyPartition = fc.array(fc.nat(3), { minLength: 1, maxLength: 25 })
  const outcomes = fc.constantFrom('success', 'success', 'error', 'partial', 'unreachable', 'malformed')
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyPartition, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(outcomes, { maxLength: 20 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      async (gaps, batchSize, script, picks) => {
        // A throwing invoker is retried, so that violations are collected instead.
        const violations: string[] = []
        const must = (holds: boolean | undefined, what: string) => holds || violations.push(what)
        const inFlight = new Set<number>()
        const settled = gaps.map(() => new Set<number>())
        const sent = gaps.map((): number[] => [])
        let call = 0
        const all = gaps.map((steps) => {
          let offset = -1
          return steps.map((gap) => (offset += gap + 1))
        })
        const { dispatcher, next } = start(
          async (parts) => {
            const outcome = script[call] ?? 'success'
            const pick = picks[call++ % picks.length] as number
            for (const [id, offsets] of parts) {
              must(!inFlight.has(id), 'two batches of one partition in flight')
              inFlight.add(id)
              must(
                offsets.every((offset, index) => index === 0 || offset > (offsets[index - 1] as number)),
                'disorder',
              )
              must(!offsets.some((offset) => settled[id]?.has(offset)), 'a settled record came again')
              for (const offset of offsets) if (!sent[id]?.includes(offset)) sent[id]?.push(offset)
              const firstOpen = all[id]?.find((offset) => !settled[id]?.has(offset)) as number
              must((next(id) as number) <= firstOpen, 'the prefix passed an unsettled record')
            }
            await new Promise(setImmediate)
            for (const id of parts.keys()) inFlight.delete(id)
            if (outcome === 'unreachable') throw new Error('unreachable')
            if (outcome === 'error') return { ...success, functionError: 'Unhandled' }
            if (outcome === 'malformed') return { ...success, payload: '"?"' }
            const flat = [...parts].flatMap(([id, offsets]) => offsets.map((o): [number, number] => [id, o]))
            const failed = outcome === 'partial' ? flat.filter((_, index) => (pick >> (index % 20)) & 1) : []
            for (const [id, o] of flat) if (!failed.some(([p, q]) => p === id && q === o)) settled[id]?.add(o)
            return failing(...failed)
          },
          { properties: { BatchSize: batchSize } },
        )
        for (const [id, offsets] of all.entries()) {
          dispatcher.begin(id, 0, 0)
          const half = offsets.length >> 1
          dispatcher.receive(fetched(id, offsets.slice(0, half)))
          dispatcher.receive(fetched(id, offsets.slice(half)))
        }
        await vi.waitFor(() => {
          for (const [id, offsets] of all.entries()) expect(next(id)).toBe((offsets.at(-1) as number) + 1)
        })
        expect(violations).toEqual([])
        expect(settled.map((set) => set.size)).toEqual(all.map((offsets) => offsets.length))
        expect(sent).toEqual(all)
      },
    ),
    { numRuns: 60 },
  )
})
