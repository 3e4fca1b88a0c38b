import type { Admin } from 'kafkajs'
import { expect, test } from 'vitest'
import { groupIds } from '../../../src/connect/kafka-groups.ts'
import { committedOffsets } from '../../../src/connect/kafka-offsets.ts'

/** An admin whose coordinator refuses with these types of error first. */
function loadingAdmin(...types: string[]) {
  const asked = { times: 0 }
  const answer = async <T>(value: T): Promise<T> => {
    asked.times += 1
    const type = types.shift()
    if (type) throw Object.assign(new Error(type), { type })
    return value
  }
  const partitions = [
    { partition: 0, offset: '7' },
    { partition: 1, offset: '-1' },
  ]
  const admin = {
    listGroups: () => answer({ groups: [{ groupId: 'g' }] }),
    fetchOffsets: () => answer([{ topic: 't', partitions }]),
  } as unknown as Admin
  return { admin, asked }
}

test.each(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP'])(
  'a coordinator that answers %s is asked again',
  async (type) => {
    expect(await groupIds(loadingAdmin(type, type).admin)).toEqual(['g'])
    expect(await committedOffsets(loadingAdmin(type).admin, 'g', 't')).toEqual(new Map([[0, 7]]))
  },
)

test('any other failure is told at once', async () => {
  const { admin, asked } = loadingAdmin('UNKNOWN_TOPIC_OR_PARTITION')
  await expect(committedOffsets(admin, 'g', 't')).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' })
  expect(asked.times).toBe(1)
})
