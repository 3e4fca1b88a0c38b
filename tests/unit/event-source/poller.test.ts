import { expect, test } from 'vitest'
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
