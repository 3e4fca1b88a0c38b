/** A console's context without services: its flow stands still, and every client fails if it is asked. */
import { pipeline } from '../../../pipelines/users.ts'
import type { ConsoleContext } from '../../../src/console/server/context.ts'
import { SluiceError } from '../../../src/core/errors.ts'
import type { Clients } from '../../../src/operations/clients.ts'
import type { FlowPicture, FlowWatch } from '../../../src/operations/flow/flow.ts'

const away = async () => {
  throw new SluiceError('KAFKA_UNAVAILABLE', 'Kafka is away')
}

/** A flow whose pictures the test makes. */
export function fakeFlow(): FlowWatch & { show(picture: FlowPicture): void } {
  const listeners = new Set<(picture: FlowPicture) => void>()
  const shown: FlowPicture[] = []
  return {
    picture: () => shown.at(-1) ?? null,
    points: (behind) =>
      shown.filter(({ number }) => number > behind).map(({ number, at }) => ({ number, at, figures: {} })),
    incidents: () => [],
    lagOf: () => [],
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => {},
    show(picture) {
      shown.push(picture)
      for (const listener of listeners) listener(picture)
    },
  }
}

/** The context; `folder` is the environment's. */
export function fakeContext(folder: string, flow: FlowWatch, signal: AbortSignal): ConsoleContext {
  const clients = { admin: { listTopics: away, describeCluster: away }, registry: {}, kafka: {} } as unknown as Clients
  const place = { endpoints: {}, folder } as unknown as ConsoleContext['place']
  return { environment: 'test', pipelines: [pipeline], clients, place, flow, epoch: 'e1', signal }
}
