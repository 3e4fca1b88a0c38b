/**
 * Partial batch responses.
 */
import { expect } from 'vitest'
import { type ConformanceCase, pages } from '../case.ts'
import { type Change, type Scene, until } from '../scene.ts'

const feature = 'partial response'
const reporting: Change = { FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumBatchingWindowInSeconds: 1 }
const failures = (...items: unknown[]) => ({ batchItemFailures: items })
const item = (partition: unknown, offset: unknown) => ({ itemIdentifier: { partition, offset } })

/**
 * The function answers so to a batch of three, of which this is the first record; then with success. Expected are the
 * offsets of each invocation.
 */
const answerCase = (
  behaviour: string,
  answer: unknown,
  expected: number[][],
  change: Change = {},
): ConformanceCase => ({
  behaviour,
  source: pages.errors,
  feature,
  async run(scene) {
    await scene.createTopic()
    await scene.produce([JSON.stringify(answer), 'b', 'c'])
    await scene.start('answer', { ...reporting, ...change })
    await scene.committed(3)
    expect(offsetsOf(scene)).toEqual(expected)
  },
})

const offsetsOf = (scene: Scene) =>
  scene.invocations().map(({ event }) =>
    Object.values(event.records)
      .flat()
      .map(({ offset }) => offset),
  )

const whole = [
  [0, 1, 2],
  [0, 1, 2],
]
const once = [[0, 1, 2]]

export const partialCases: readonly ConformanceCase[] = [
  answerCase('an empty list of failures is success', failures(), once),
  answerCase('a null list of failures is success', { batchItemFailures: null }, once),
  answerCase('an empty object is success', {}, once),
  answerCase('null is success', null, once),
  {
    behaviour: 'no answer at all is success',
    source: pages.errors,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a'])
      await scene.start('nothing', reporting)
      await scene.committed(1)
      expect(offsetsOf(scene)).toEqual([[0]])
    },
  },
  answerCase('only the records that are named come again', failures(item('TOPIC-0', 1)), [[0, 1, 2], [1]]),
  answerCase('all records may be named', failures(item('TOPIC-0', 0), item('TOPIC-0', 1), item('TOPIC-0', 2)), whole),
  answerCase('a record may be named twice', failures(item('TOPIC-0', 2), item('TOPIC-0', 2)), [[0, 1, 2], [2]]),
  answerCase('named records come again in order', failures(item('TOPIC-0', 2), item('TOPIC-0', 0)), [
    [0, 1, 2],
    [0, 2],
  ]),
  answerCase('an offset that is a text fails the whole batch', failures(item('TOPIC-0', '1')), whole),
  answerCase('an offset that the event does not hold fails the whole batch', failures(item('TOPIC-0', 9)), whole),
  answerCase('a partition that the event does not hold fails the whole batch', failures(item('TOPIC-1', 1)), whole),
  answerCase('a partition without its topic fails the whole batch', failures(item('0', 1)), whole),
  answerCase('an entry without itemIdentifier fails the whole batch', failures({ offset: 1 }), whole),
  answerCase('an identifier that is a text fails the whole batch', failures({ itemIdentifier: 'TOPIC-0:1' }), whole),
  answerCase('a null identifier fails the whole batch', failures(item(null, null)), whole),
  answerCase('one bad identifier among good ones fails the whole batch', failures(item('TOPIC-0', 1), {}), whole),
  answerCase('a list that is none fails the whole batch', { batchItemFailures: 'TOPIC-0' }, whole),
  answerCase('a misspelt key fails the whole batch', { batchItemFailure: [] }, whole),
  answerCase('an answer that is a text fails the whole batch', 'ok', whole),
  answerCase('an answer that is a list fails the whole batch', [], whole),
  answerCase('without ReportBatchItemFailures the answer is not looked at', failures(item('TOPIC-0', 1)), once, {
    FunctionResponseTypes: [],
  }),
  {
    behaviour: 'failures of several partitions come again together',
    source: pages.errors,
    feature,
    async run(scene) {
      await scene.createTopic(2)
      for (const partition of [0, 1]) await scene.produce(['bad', 'good'], partition)
      await scene.start('recovering', { ...reporting, MaximumBatchingWindowInSeconds: 3 })
      await scene.committed(2, 2)
      expect(scene.batches().map((batch) => batch.toSorted())).toEqual([
        ['bad', 'bad', 'good', 'good'],
        ['bad', 'bad'],
      ])
    },
  },
  {
    behaviour: 'offsets are committed up to the first failed record only',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a', 'bad', 'c'])
      await scene.start('partial', reporting)
      await scene.committed(1)
      await until(() => expect(scene.invocations().length).toBeGreaterThan(2))
      expect(await scene.offset()).toBe(1)
    },
  },
  {
    behaviour: 'a partial failure is an attempt, and only the failed records are given up',
    source: pages.errors,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a', 'bad', 'c'])
      await scene.start('partial', { ...reporting, MaximumRetryAttempts: 1 })
      await scene.committed(3)
      expect(offsetsOf(scene)).toEqual([[0, 1, 2], [1]])
      expect(scene.eventsOf('dropped')).toMatchObject([{ records: 1 }])
    },
  },
  {
    behaviour: 'a partial failure is not halved',
    source: pages.inferred,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['bad', 'bad', 'c'])
      await scene.start('partial', { ...reporting, MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true })
      await scene.committed(3)
      expect(offsetsOf(scene)).toEqual([
        [0, 1, 2],
        [0, 1],
      ])
    },
  },
  {
    behaviour: 'a malformed answer is an attempt',
    source: pages.errors,
    feature,
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['"text"', 'b'])
      await scene.start('answer', { ...reporting, MaximumRetryAttempts: 0 })
      await scene.committed(2)
      expect(offsetsOf(scene)).toEqual([[0, 1]])
      expect(scene.eventsOf('dropped')).toMatchObject([{ records: 2 }])
    },
  },
]
