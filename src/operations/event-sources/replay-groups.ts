/**
 * The consumer groups of replays: named, deleted, and swept where a replay was killed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { kafkaAnswer } from '../../connect/kafka.ts'
import { groupIds } from '../../connect/kafka-groups.ts'

/** A member that was killed stays in its group for a session of 10 s. */
const leaveDeadlineMs = 15_000
const retryMs = 200

const prefixOf = (liveGroup: string) => `${liveGroup}-replay-`

/** The name of a replay's group; the live group's name is a part of it. */
export function replayGroup(liveGroup: string, id: string): string {
  return prefixOf(liveGroup) + id
}

/** Deletes a group once its members have left; answers whether it is gone. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED. */
export async function deleteGroup(admin: Admin, group: string): Promise<boolean> {
  for (const deadline = Date.now() + leaveDeadlineMs; ; await delay(retryMs)) {
    await admin.deleteGroups([group]).catch(() => {})
    if (!(await groupIds(admin)).includes(group)) return true
    if (Date.now() > deadline) return false
  }
}

/** Deletes what replays that were killed have left behind: groups without a member. Fails as {@link deleteGroup}. */
export async function sweepGroups(admin: Admin, liveGroup: string): Promise<void> {
  const left = (await groupIds(admin)).filter((group) => group.startsWith(prefixOf(liveGroup)))
  if (left.length === 0) return
  const { groups } = await kafkaAnswer('the groups of replays', admin.describeGroups(left))
  const empty = groups.filter(({ state }) => state === 'Empty').map(({ groupId }) => groupId)
  // A replay that ends at this moment deletes its own.
  if (empty.length > 0) await admin.deleteGroups(empty).catch(() => {})
}
