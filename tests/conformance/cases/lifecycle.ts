/**
 * Mappings as they are created, changed, paused and deleted; states and metrics.
 */
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { expect } from 'vitest'
import { mappingParameterPath, mappingStateParameterPath } from '../../../src/core/event-source-mapping.ts'
import type { MappingStatus } from '../../../src/event-source/mapping-status.ts'
import { type MappingSource, watchMappings } from '../../../src/event-source/mappings.ts'
import type { Poller } from '../../../src/event-source/poller.ts'
import { type ConformanceCase, pages } from '../case.ts'
import { type Change, type Scene, until } from '../scene.ts'

const feature = 'lifecycle'

/** Deploys mappings of this case, whose ids begin with its topic, and a poller that follows them. */
async function deployment(scene: Scene) {
  const { ssm } = scene.env
  const put = (Name: string, Value: string) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }))
  const own: MappingSource = async function* (signal) {
    for await (const look of watchMappings(ssm, 100)(signal)) {
      yield look instanceof Error
        ? look
        : look.filter(({ id }) => id === scene.topic || id.startsWith(`${scene.topic}-`))
    }
  }
  let poller: Poller | undefined
  const status = (id = scene.topic) => poller?.status().find((each) => each.id === id)
  return {
    deploy: (name: string, change: Change = {}) =>
      put(mappingParameterPath + scene.topic, JSON.stringify(scene.properties(name, change))),
    deployText: (id: string, text: string) => put(mappingParameterPath + id, text),
    want: (word: string) => put(mappingStateParameterPath + scene.topic, word),
    remove: () => ssm.send(new DeleteParameterCommand({ Name: mappingParameterPath + scene.topic })),
    async follow() {
      poller = await scene.start('echo', {}, { mappings: own })
      return poller
    },
    status,
    has: (expected: Partial<MappingStatus>) => until(() => expect(status()).toMatchObject(expected)),
  }
}

const states = (scene: Scene) => [...new Set(scene.eventsOf('state').map(({ state }) => state))]

export const lifecycleCases: readonly ConformanceCase[] = [
  {
    behaviour: 'a mapping that is created while the poller runs begins to work',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await scene.produce(['a'])
      await mapping.follow()
      expect(mapping.status()).toBeUndefined()
      await mapping.deploy('echo')
      await scene.committed(1)
      await mapping.has({ state: 'Enabled', lastProcessingResult: 'OK' })
      expect(states(scene)).toEqual(['Creating', 'Enabled'])
    },
  },
  {
    behaviour: 'a mapping with Enabled false does nothing',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await mapping.deploy('echo', { Enabled: false })
      await mapping.follow()
      await mapping.has({ state: 'Disabled', lastProcessingResult: 'No records processed', partitions: [] })
    },
  },
  {
    behaviour: 'a mapping can be disabled and enabled, and goes on where it was',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await mapping.deploy('echo')
      await mapping.follow()
      await scene.produce(['a'])
      await scene.committed(1)
      await mapping.want('disabled')
      await mapping.has({ state: 'Disabled' })
      await scene.produce(['b'])
      await mapping.want('enabled')
      await scene.committed(2)
      expect(scene.batches()).toEqual([['a'], ['b']])
      expect(states(scene)).toEqual(['Creating', 'Enabled', 'Disabling', 'Disabled', 'Enabling'])
      await mapping.has({ state: 'Enabled' })
    },
  },
  {
    behaviour: "an operator's word outweighs the template and survives a deployment",
    source: pages.inferred,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await scene.produce(['a'])
      await mapping.deploy('echo', { Enabled: false })
      await mapping.follow()
      await mapping.want('enabled')
      await scene.committed(1)
      await mapping.deploy('echo', { Enabled: false, BatchSize: 7 })
      await until(() => expect(states(scene)).toContain('Updating'))
      await mapping.has({ state: 'Enabled' })
    },
  },
  {
    behaviour: 'an invocation in flight ends and is committed before a mapping is disabled',
    source: pages.inferred,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await scene.produce(['a'])
      await mapping.deploy('slow')
      await mapping.follow()
      await until(() => expect(scene.invocations()).toHaveLength(1))
      await mapping.want('disabled')
      await mapping.has({ state: 'Disabled' })
      expect(scene.ends()).toHaveLength(1)
      expect(await scene.offset()).toBe(1)
    },
  },
  {
    behaviour: 'a change of BatchSize works from the next batch on, and nothing is lost or comes twice',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await mapping.deploy('echo', { BatchSize: 1 })
      await mapping.follow()
      await scene.produce(['a', 'b', 'c'])
      await scene.committed(3)
      await mapping.deploy('echo', { BatchSize: 3, MaximumBatchingWindowInSeconds: 300 })
      await until(() => expect(states(scene)).toContain('Updating'))
      await scene.produce(['d', 'e', 'f'])
      await scene.committed(6)
      expect(scene.batches()).toEqual([['a'], ['b'], ['c'], ['d', 'e', 'f']])
    },
  },
  {
    behaviour: 'a mapping can be pointed at another function',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await scene.produce(['bad'])
      await mapping.deploy('fail')
      await mapping.follow()
      await until(() => expect(scene.invocations().length).toBeGreaterThan(1))
      await mapping.deploy('echo')
      await scene.committed(1)
      expect(scene.invocations().at(-1)?.function).toBe('echo')
    },
  },
  {
    behaviour: 'a change of topic, group or starting position is refused, and the mapping goes on as it was',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await mapping.deploy('echo')
      await mapping.follow()
      await mapping.has({ state: 'Enabled' })
      await mapping.deploy('echo', { StartingPosition: 'LATEST' })
      const refused = () => mapping.status()?.lastProcessingResult
      await until(() => expect(refused()).toMatch(/^PROBLEM: .*StartingPosition is "LATEST" and was "TRIM_HORIZON"/))
      await mapping.deploy('echo', { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'other' } })
      await until(() => expect(refused()).toMatch(/ConsumerGroupId is "other"/))
      await mapping.deploy('echo', { Topics: ['other'] })
      await until(() => expect(refused()).toMatch(/Topics is "other"/))
      await scene.produce(['a'])
      await scene.committed(1)
      await mapping.deploy('echo')
      await mapping.has({ state: 'Enabled', lastProcessingResult: 'OK' })
    },
  },
  {
    behaviour: 'a mapping that is deleted ends in order; created again it may read something else',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await scene.produce(['a'])
      await mapping.deploy('echo', { StartingPosition: 'LATEST' })
      await mapping.follow()
      await mapping.has({ state: 'Enabled' })
      await mapping.remove()
      await until(() => expect(mapping.status()).toBeUndefined())
      expect(states(scene)).toEqual(['Creating', 'Enabled', 'Deleting'])
      const group = `${scene.topic}-again`
      await mapping.deploy('echo', { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group } })
      await until(() => expect(scene.batches()).toEqual([['a']]))
    },
  },
  {
    behaviour: 'a mapping that is refused holds back no other, and works once it is corrected',
    source: pages.inferred,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      const other = `${scene.topic}-other`
      await scene.createTopic()
      await scene.produce(['a'])
      await mapping.deployText(other, '{"BatchSize":0')
      await mapping.deploy('echo')
      await mapping.follow()
      await scene.committed(1)
      expect(mapping.status(other)).toMatchObject({ state: 'Disabled' })
      expect(mapping.status(other)?.lastProcessingResult).toMatch(/^PROBLEM: SSM parameter .* does not hold JSON$/)
      const properties = scene.properties('echo', { MaximumBatchingWindowInSeconds: 0 })
      await mapping.deployText(other, JSON.stringify(properties))
      await until(() => expect(mapping.status(other)?.lastProcessingResult).toBe('OK'))
    },
  },
  {
    behaviour: 'of two mappings with one consumer group the one that came later is refused',
    source: pages.inferred,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      const [earlier, later] = [`${scene.topic}-b`, `${scene.topic}-a`]
      const shared = { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: scene.topic } }
      const text = JSON.stringify(scene.properties('echo', shared))
      await mapping.deployText(earlier, text)
      await mapping.follow()
      await until(() => expect(mapping.status(earlier)?.state).toBe('Enabled'))
      await mapping.deployText(later, text)
      await until(() => expect(mapping.status(later)?.lastProcessingResult).toMatch(/allowed is a group of its own$/))
      expect(mapping.status(earlier)).toMatchObject({ state: 'Enabled', lastProcessingResult: 'No records processed' })
    },
  },
  {
    behaviour: 'an update that is refused for a bad value leaves the mapping as it was',
    source: pages.api,
    feature,
    async run(scene) {
      const mapping = await deployment(scene)
      await scene.createTopic()
      await mapping.deploy('echo')
      await mapping.follow()
      await mapping.has({ state: 'Enabled' })
      await mapping.deploy('echo', { BatchSize: 0 })
      await until(() => expect(mapping.status()?.lastProcessingResult).toMatch(/^PROBLEM: .*BatchSize is 0/))
      await scene.produce(['a'])
      await scene.committed(1)
      await mapping.has({ state: 'Enabled' })
    },
  },
  {
    behaviour: 'events are counted as polled, filtered out, invoked, failed, dropped, delivered and committed',
    source: pages.metrics,
    feature: 'metrics',
    async run(scene) {
      await scene.createTopic()
      await scene.produce(['a1', 'x', 'bad', 'a2'])
      const Filters = [{ Pattern: '{"value":[{"prefix":"a"},"bad"]}' }]
      await scene.start('fail', { FilterCriteria: { Filters }, BatchSize: 1, MaximumRetryAttempts: 1 })
      await scene.committed(4)
      await until(() =>
        expect(scene.status().metrics).toEqual({
          PolledEventCount: 4,
          FilteredOutEventCount: 1,
          InvokedEventCount: 4,
          FailedInvokeEventCount: 2,
          DroppedEventCount: 1,
          OnFailureDestinationDeliveredEventCount: 0,
          CommittedEventCount: 4,
          PollingErrorCount: expect.any(Number),
          InvokeErrorCount: 2,
          OnFailureDestinationDeliveryErrorCount: 0,
          SchemaRegistryErrorCount: 0,
          CommitErrorCount: expect.any(Number),
          MaxOffsetLag: 0,
          SumOffsetLag: 0,
        }),
      )
    },
  },
  {
    behaviour: 'the lag is that of the partition furthest behind, and of all',
    source: pages.metrics,
    feature: 'metrics',
    async run(scene) {
      await scene.createTopic(2)
      await scene.produce(['bad', 'b', 'c'], 0)
      await scene.produce(['bad'], 1)
      await scene.start('fail')
      await until(() => expect(scene.status().metrics).toMatchObject({ MaxOffsetLag: 3, SumOffsetLag: 4 }))
    },
  },
]
