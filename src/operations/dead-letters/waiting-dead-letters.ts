/**
 * How many dead letters of each topic wait, counted anew only when something happened to them.
 */
import { deadLetterTopic } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { topicsOf } from '../../core/topology.ts'
import type { Clients } from '../clients.ts'
import type { FlowSample, TopicOffsets } from '../flow/flow-sample.ts'
import { deadLettersOf } from './dead-letters.ts'

/** Counts. */
export type WaitingCounter = {
  /** The counts that are known, by topic; begins to count anew where the sample says that something happened. */
  counts(pipelines: readonly Pipeline[], sample: FlowSample): ReadonlyMap<string, number>
}

/** A dead letter is sent back by a record on its topic, and many others come there as well. */
const pauseMs = 5_000

/** A counter that knows nothing yet. */
export function waitingCounter(clients: Clients): WaitingCounter {
  const counts = new Map<string, number>()
  const seen = new Map<string, string>()
  const counted = new Map<string, number>()
  const working = new Set<string>()
  const count = async (topic: string, state: string, at: number) => {
    working.add(topic)
    try {
      const letters = await deadLettersOf(topic, clients)
      counts.set(topic, letters.filter(({ state }) => state === 'waiting').length)
      seen.set(topic, state)
      counted.set(topic, at)
    } catch {
      // Counted again with the next sample.
    } finally {
      working.delete(topic)
    }
  }
  return {
    counts(pipelines, { topics, at }) {
      for (const { name } of pipelines.flatMap(topicsOf)) {
        const letters = topics.get(deadLetterTopic(name))
        if (!letters || isEmpty(letters)) {
          counts.set(name, 0)
          continue
        }
        const own = endsOf(letters)
        const state = `${own} ${endsOf(topics.get(name))}`
        const isNew = seen.get(name)?.startsWith(`${own} `) !== true
        const isDue = seen.get(name) !== state && at - (counted.get(name) ?? 0) > pauseMs && (counts.get(name) ?? 0) > 0
        if ((isNew || isDue) && !working.has(name)) void count(name, state, at)
      }
      return new Map(counts)
    },
  }
}

function isEmpty({ start, end }: TopicOffsets): boolean {
  return [...end].every(([partition, last]) => (start.get(partition) ?? 0) >= last)
}

function endsOf(offsets: TopicOffsets | undefined): string {
  return [...(offsets?.end ?? [])].map(([partition, end]) => `${partition}:${end}`).join()
}
