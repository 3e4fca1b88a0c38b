import { expect, test, vi } from 'vitest'
import { Committer } from '../../../src/event-source/committer.ts'
import { Partition } from '../../../src/event-source/partition.ts'
import { defaultSettings } from '../../../src/event-source/settings.ts'

/** A committer of two partitions, the first of which is settled up to 5. */
function scene() {
  const partitions = [new Partition(0, 2, 2, null), new Partition(1, 0, 0, null)] as const
  partitions[0].prefix.skipTo(5)
  const commits: [number, number][][] = []
  const committer = new Committer({
    settings: { ...defaultSettings, commitIntervalMs: 0 },
    partitions: () => partitions,
    commit: async (offsets) => void commits.push([...offsets]),
    onCommitted: () => {},
    onFailed: () => {},
  })
  return { first: partitions[0], commits, committer }
}

test('what is settled is committed, and nothing else', async () => {
  const { first, commits, committer } = scene()
  committer.poke()
  await vi.waitFor(() => expect(first.committed).toBe(5))
  expect(commits).toEqual([[[0, 5]]])
})

test('a partition is not committed while the group may be further: that would set it back', async () => {
  const { first, commits, committer } = scene()
  first.isLocated = false
  committer.poke()
  await committer.close(1_000)
  expect(commits).toEqual([])
})

test('closing leaves no timer that would keep the process', async () => {
  const { committer } = scene()
  const before = timers()
  await committer.close(60_000)
  expect(timers()).toBeLessThanOrEqual(before)
})

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
