/**
 * Consumer groups as their coordinators have them. Not for being a member: see kafka-group-member.ts.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { kafkaAnswer } from './kafka.ts'

/** What a coordinator answers while it loads or moves, as after a start of its broker: kafkajs 2.2.4 asks only once. */
const passing: ReadonlySet<unknown> = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
])
const pauseMs = 100
/** How long a coordinator may load, in ms: somebody waits for the answer. */
const deadlineMs = 15_000

/** The ids of all groups. Waits for coordinators that load. Fails with KAFKA_UNAVAILABLE or KAFKA_REFUSED. */
export async function groupIds(admin: Admin): Promise<string[]> {
  const { groups } = await kafkaAnswer(
    'the consumer groups',
    onceLoaded(() => admin.listGroups()),
  )
  return groups.map(({ groupId }) => groupId)
}

/** An answer that needs a group's coordinator: asked for again, for 15 s at most, while that loads. */
export async function onceLoaded<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + deadlineMs; ; await delay(pauseMs)) {
    try {
      return await ask()
    } catch (error) {
      if (!passing.has((error as { type?: unknown }).type) || Date.now() > deadline) throw error
    }
  }
}
