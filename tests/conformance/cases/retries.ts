/**
 * Failed invocations: what counts as an attempt, retries, age, halves.
 */
import { DeleteFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda'
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { deployAs, type FunctionName } from '../functions.ts'
import { type Change, type Scene, until } from '../scene.ts'

const outcomes = (scene: Scene) => scene.eventsOf('invoked').map(({ outcome }) => outcome)

/** The function fails as its name says at first, and the same batch comes again until it succeeds. */
const repeatCase = (behaviour: string, name: FunctionName, failures: number, change: Change = {}): ConformanceCase => ({
  behaviour,
  source: pages.errors,
  feature: 'retries',
  async run(scene) {
    await scene.createTopic()
    await scene.produce(['a', 'b'])
    await scene.start(name, change)
    await scene.committed(2)
    expect(scene.batches()).toEqual(Array(failures + 1).fill(['a', 'b']))
    expect(outcomes(scene)).toEqual([...Array(failures).fill('function-error'), 'success'])
  },
})

/** Bad records are given up after so many invocations, the others go on. */
const givenUpCase = (behaviour: string, retries: number): ConformanceCase => ({
  behaviour,
  source: pages.errors,
  feature: 'retries',
  async run(scene) {
    await scene.createTopic()
    await scene.produce(['bad', 'good'])
    await scene.start('fail', { BatchSize: 1, MaximumRetryAttempts: retries })
    await scene.committed(2)
    expect(scene.batches()).toEqual([...Array(retries + 1).fill(['bad']), ['good']])
    expect(scene.status().metrics).toMatchObject({ DroppedEventCount: 1 })
  },
})

const bisectCase = (behaviour: string, values: string[], change: Change, batches: string[][]): ConformanceCase => ({
  behaviour,
  source: pages.errors,
  feature: 'bisect',
  async run(scene) {
    await scene.createTopic()
    await scene.produce(values)
    const retries = { MaximumRetryAttempts: 0, BisectBatchOnFunctionError: true }
    await scene.start('fail', { MaximumBatchingWindowInSeconds: 1, ...retries, ...change })
    await scene.committed(values.length)
    expect(scene.batches()).toEqual(batches)
  },
})

const ageCase = (behaviour: string, ages: number[], change: Change, seen: string[]): ConformanceCase => ({
  behaviour,
  source: pages.errors,
  feature: 'record age',
  async run(scene) {
    await scene.createTopic()
    const messages = ages.map((seconds, index) => ({
      partition: 0,
      value: `v${index}`,
      timestamp: String(Date.now() - seconds * 1000),
    }))
    await scene.send(messages)
    await scene.start('echo', change)
    await scene.committed(ages.length)
    expect(scene.batches().flat()).toEqual(seen)
    expect(scene.status().metrics.DroppedEventCount).toBe(ages.length - seen.length)
  },
})

export const retryCases: readonly ConformanceCase[] = [
  repeatCase('a function that throws gets the whole batch again', 'flaky', 2),
  repeatCase('a function that exits gets the whole batch again', 'exit', 1),
  repeatCase('a function that exceeds its time gets the whole batch again', 'timeout', 1),
  repeatCase('retries are without end unless limited', 'stubborn', 12),
  repeatCase('MaximumRetryAttempts of -1 means without end', 'stubborn', 12, { MaximumRetryAttempts: -1 }),
  repeatCase('a batch that succeeds at its last attempt is not given up', 'flaky', 2, { MaximumRetryAttempts: 2 }),
  givenUpCase('MaximumRetryAttempts of 0 gives records up after the first attempt', 0),
  givenUpCase('MaximumRetryAttempts does not count the first attempt', 2),
  {
    behaviour: 'a batch is given up as a whole',
    source: pages.errors,
    feature: 'retries',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['good', 'bad'])
      await scene.start('fail', { MaximumRetryAttempts: 1, MaximumBatchingWindowInSeconds: 1 })
      await scene.committed(2)
      expect(scene.batches()).toEqual([
        ['good', 'bad'],
        ['good', 'bad'],
      ])
      expect(scene.eventsOf('dropped')).toMatchObject([{ records: 2, condition: 'RetryAttemptsExhausted' }])
    },
  },
  {
    behaviour: 'throttled invocations are repeated and count as no attempt',
    source: pages.errors,
    feature: 'retries',
    async run(scene) {
      const FunctionName = `${scene.topic}-throttled`
      const { lambda, captures } = scene.env
      await deployAs(lambda, 'echo', FunctionName, captures)
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
      await scene.createTopic()
      await scene.produce(['a'])
      await scene.start(FunctionName, { MaximumRetryAttempts: 0 })
      await until(() => expect(outcomes(scene).length).toBeGreaterThan(2))
      expect(scene.status().lastProcessingResult).toMatch(/^PROBLEM: invoking .*TooManyRequests/)
      await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
      await scene.committed(1)
      expect(outcomes(scene).at(-1)).toBe('success')
      expect(scene.eventsOf('invoked').every(({ attempt }) => attempt === 0)).toBe(true)
    },
  },
  {
    behaviour: 'a function that does not exist is waited for and costs no attempt',
    source: pages.errors,
    feature: 'retries',
    async run(scene) {
      const name = `${scene.topic}-later`
      await scene.createTopic()
      await scene.produce(['a'])
      await scene.start(name, { MaximumRetryAttempts: 0 })
      await until(() => expect(outcomes(scene).length).toBeGreaterThan(2))
      await deployAs(scene.env.lambda, 'echo', name, scene.env.captures)
      await scene.committed(1)
      expect(new Set(outcomes(scene).slice(0, -1))).toEqual(new Set(['undelivered']))
    },
  },
  {
    behaviour: 'a failure shows in the last processing result, and so does the success after it',
    source: pages.api,
    feature: 'retries',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a'])
      await scene.start('flaky')
      await scene.committed(1)
      const results = scene.eventsOf('state').map(({ result }) => result)
      expect(results).toContain('PROBLEM: the function failed: Unhandled')
      expect(scene.status().lastProcessingResult).toBe('OK')
    },
  },
  ageCase(
    'records older than MaximumRecordAgeInSeconds are given up unsent',
    [120, 90, 0],
    {
      MaximumRecordAgeInSeconds: 60,
    },
    ['v2'],
  ),
  ageCase('records that are young enough are sent', [30, 0], { MaximumRecordAgeInSeconds: 60 }, ['v0', 'v1']),
  ageCase('records have any age unless it is limited', [1_000_000], {}, ['v0']),
  {
    behaviour: 'a record that grows too old between its retries is given up',
    source: pages.errors,
    feature: 'record age',
    async run(scene) {
      await scene.createTopic()
      await scene.start('fail', { MaximumRecordAgeInSeconds: 60 })
      await until(() => expect(scene.status().state).toBe('Enabled'))
      await scene.send([{ partition: 0, value: 'bad', timestamp: String(Date.now() - 45_000) }])
      await scene.committed(1)
      expect(scene.invocations().length).toBeGreaterThan(0)
      expect(scene.eventsOf('dropped')).toMatchObject([{ condition: 'RecordAgeExceeded' }])
    },
  },
  bisectCase(
    'a failed batch is retried in halves, and they in theirs, until the bad record is alone',
    ['a', 'b', 'bad', 'd'],
    {},
    [['a', 'b', 'bad', 'd'], ['a', 'b'], ['bad', 'd'], ['bad'], ['d']],
  ),
  bisectCase('a batch of an odd size is halved', ['a', 'b', 'bad'], {}, [['a', 'b', 'bad'], ['a', 'b'], ['bad']]),
  bisectCase(
    'a batch is not halved unless BisectBatchOnFunctionError says so',
    ['a', 'bad'],
    {
      BisectBatchOnFunctionError: false,
    },
    [['a', 'bad']],
  ),
  bisectCase('a record alone is retried as often as allowed', ['a', 'bad'], { MaximumRetryAttempts: 2 }, [
    ['a', 'bad'],
    ['a'],
    ['bad'],
    ['bad'],
    ['bad'],
  ]),
  {
    behaviour: 'halves of a batch with several partitions keep the order of each',
    source: pages.inferred,
    feature: 'bisect',
    async run(scene) {
      await scene.createTopic(2)
      await scene.produce(['a', 'b'], 0)
      await scene.produce(['c', 'bad', 'e'], 1)
      const change = { MaximumBatchingWindowInSeconds: 3, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 }
      await scene.start('fail', change)
      await scene.committed(2, 3)
      for (const partition of [0, 1]) {
        const offsets = scene.records().filter((record) => record.partition === partition)
        const first = [...new Set(offsets.map(({ offset }) => offset))]
        expect(first).toEqual(first.toSorted((a, b) => a - b))
      }
      expect(scene.eventsOf('dropped')).toMatchObject([{ records: 1 }])
    },
  },
]
