import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { failing, fetched, start, success } from './dispatcher-scene.ts'

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
      dispatcher.goOn(1)
      return { ...success, functionError: 'Unhandled' }
    })
    for (const id of [0, 1]) {
      dispatcher.begin(id, 0, 0)
      dispatcher.receive(fetched(id, [0]))
    }
    await vi.waitFor(() => expect(seen).toEqual([[0, 1], [1]]))
  })
})

describe('a member that may have been replaced', () => {
  const held = () => {
    const calls: number[][] = []
    const scene = start((offsets) => {
      calls.push(offsets.get(0) ?? [])
      return success
    })
    scene.dispatcher.begin(0, 0, 0)
    return { ...scene, calls }
  }

  test('begins no invocation before it is sure again', async () => {
    const { dispatcher, calls, setInGroup } = held()
    setInGroup(false)
    dispatcher.receive(fetched(0, [0, 1]))
    await new Promise(setImmediate)
    expect(calls).toEqual([])
    setInGroup(true)
    await vi.waitFor(() => expect(calls).toEqual([[0, 1]]))
  })

  test('begins none either with partitions it keeps before it knows where the group stands', async () => {
    const { dispatcher, calls } = held()
    dispatcher.keepOnly([0])
    dispatcher.receive(fetched(0, [0]))
    await new Promise(setImmediate)
    expect(calls).toEqual([])
    dispatcher.goOn(0)
    await vi.waitFor(() => expect(calls).toEqual([[0]]))
  })

  test('drops what it had where another went further', async () => {
    const { dispatcher, calls, next } = held()
    dispatcher.keepOnly([0])
    dispatcher.receive(fetched(0, [0, 1]))
    dispatcher.begin(0, 9, 9)
    dispatcher.receive(fetched(0, [9]))
    await vi.waitFor(() => expect(next(0)).toBe(10))
    expect(calls).toEqual([[9]])
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
    await vi.waitFor(() => expect(dispatcher.partitions.get(0)?.held?.offset).toBe(1))
    expect(next(0)).toBe(1)
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

test('stopping leaves no timer that would keep the process', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const { dispatcher } = start(() => success)
  const before = timers()
  await dispatcher.stop()
  expect(timers()).toBeLessThanOrEqual(before)
})

test('a window is as long as it is when the clock is set back meanwhile', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(7_200_000)
  onTestFinished(() => clock.mockRestore())
  const { dispatcher, next } = start(() => success, { properties: { MaximumBatchingWindowInSeconds: 1 } })
  dispatcher.begin(0, 0, 0)
  dispatcher.receive(fetched(0, [0]))
  clock.mockReturnValue(3_600_000)
  await vi.waitFor(() => expect(next(0)).toBe(1), { timeout: 10_000 })
})
