/**
 * What to change so that the topics of a cluster are those of the model. Pure.
 */
import { SluiceError } from '../../core/errors.ts'
import type { TopicSpec } from '../../core/topology.ts'

/** A topic as the cluster has it: its own settings by name, without the broker's defaults. */
export type PresentTopic = {
  readonly name: string
  readonly partitions: number
  readonly settings: Readonly<Record<string, string>>
}

/** One step. `settings` are all that the topic is to have afterwards. */
export type TopicChange =
  | { readonly kind: 'create'; readonly topic: TopicSpec; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: 'configure'; readonly name: string; readonly settings: Readonly<Record<string, string>> }

/** The settings that the model gives a topic. */
export function topicSettings({ retentionMs, maxMessageBytes }: TopicSpec): Record<string, string> {
  return { 'retention.ms': String(retentionMs), 'max.message.bytes': String(maxMessageBytes) }
}

/** The steps from `present` to `wanted`; other topics and settings stay. Fails with TOPIC_MISMATCH before any step is due. */
export function topicChanges(wanted: readonly TopicSpec[], present: readonly PresentTopic[]): TopicChange[] {
  const byName = new Map(present.map((topic) => [topic.name, topic]))
  return wanted.flatMap((topic): TopicChange[] => {
    const found = byName.get(topic.name)
    const settings = topicSettings(topic)
    if (!found) return [{ kind: 'create', topic, settings }]
    expectSamePartitions(topic, found)
    const differs = Object.entries(settings).some(([name, value]) => found.settings[name] !== value)
    return differs ? [{ kind: 'configure', name: topic.name, settings: { ...found.settings, ...settings } }] : []
  })
}

function expectSamePartitions(wanted: TopicSpec, present: PresentTopic): void {
  if (wanted.partitions === present.partitions) return
  const reason =
    wanted.partitions < present.partitions
      ? 'Kafka cannot take partitions away'
      : 'more partitions would move keys to others and so break their order'
  throw new SluiceError(
    'TOPIC_MISMATCH',
    `topic "${wanted.name}" has ${present.partitions} partitions, but the pipeline asks for ${wanted.partitions}: ${reason}; keep ${present.partitions}, or give the topic a new name`,
  )
}
