import { expect, test, vi } from 'vitest'
import { deployedMapping } from '../../../src/event-source/deployed-mapping.ts'
import { parseMapping } from '../../../src/event-source/mapping.ts'
import { startPoller } from '../../../src/event-source/poller.ts'

const properties = {
  FunctionName: 'f',
  Topics: ['topic'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['127.0.0.1:1'] } },
  StartingPosition: 'TRIM_HORIZON',
}
const invoker = { invoke: () => Promise.reject(new Error('nothing is invoked here')) }

test.each([true, false])(
  'a mapping whose poller has stopped is Stopped, not Disabled; enabled before: %s',
  async (Enabled) => {
    const states: string[] = []
    const poller = await startPoller({
      mappings: [parseMapping('m', { ...properties, Enabled })],
      invoker,
      report: (event) => {
        if (event.type === 'state' && states.at(-1) !== event.state) states.push(event.state)
      },
    })
    await poller.stop()
    expect(poller.status()).toMatchObject([{ id: 'm', state: 'Stopped', pollers: 0 }])
    expect(states).toEqual(Enabled ? ['Creating', 'Stopping', 'Stopped'] : ['Disabled', 'Stopped'])
  },
)

test.each([
  ['is refused', { BatchSize: 0 }],
  ['names another group, which cannot be changed', { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'other' } }],
])('a mapping keeps its group while it goes on as it was, because its new definition %s', async (_, change) => {
  const withGroup = { ...properties, SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g' } }
  const found = (id: string, more: object = {}) => deployedMapping(id, () => ({ ...withGroup, ...more }), null)
  const poller = await startPoller({
    async *mappings() {
      yield [found('a')]
      yield [found('a', change), found('b')]
    },
    invoker,
  })
  const resultOf = (id: string) => poller.status().find((each) => each.id === id)?.lastProcessingResult
  try {
    await vi.waitFor(() => expect(resultOf('b')).toContain('ConsumerGroupId is "g", which mapping "a" uses'))
    expect(poller.status().map(({ pollers }) => pollers)).toEqual([1, 0])
  } finally {
    await poller.stop()
  }
})
