/**
 * The event source mapping poller: reads Kafka topics and invokes functions, as AWS Lambda does for a Kafka mapping.
 * Not for what the functions do: it knows deployed mappings, and no pipelines.
 */
import { SluiceError } from '../core/errors.ts'
import type { OpenDestination } from './destination/destination.ts'
import type { Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import { MappingWorker } from './mapping-worker.ts'
import type { MappingStatus, Report } from './report.ts'
import { defaultSettings, type PollerSettings } from './settings.ts'

/** What to poll, and through whom. */
export type PollerOptions = {
  /** From `loadMappings`. Each names its own Kafka. */
  readonly mappings: readonly Mapping[]
  readonly invoker: Invoker
  /** Opens on-failure destinations: `destinationOpener`. Only needed where a mapping has one. */
  readonly openDestination?: OpenDestination
  /** How the brokers' logs name the poller; `sluice-poller` unless given. */
  readonly clientId?: string
  readonly report?: Report
  /** Settings that differ from {@link defaultSettings}. */
  readonly settings?: Partial<PollerSettings>
}

/** A running poller. */
export type Poller = {
  /** Every mapping given, the disabled ones included. */
  status(): MappingStatus[]
  /**
   * Stops taking records, lets invocations in flight end within `stopDeadlineMs`, commits what is settled and leaves
   * the groups. Never rejects; a second call waits for the same end.
   */
  stop(): Promise<void>
}

/**
 * Starts polling and returns at once: Kafka being down, a topic or function that does not exist yet are retried without
 * end and show in the status. Fails with MAPPING_INVALID when two mappings share a consumer group.
 *
 * Delivery guarantees: at least once. A record is settled when its function returned without naming it as failed;
 * a partition's group offset is committed over the contiguous settled prefix only, so no stop, crash or rebalance loses
 * a record, and each can bring records again that were invoked but not committed. Records of a partition go out in
 * offset order, one batch of a partition at a time; a failed record is retried while later ones of its own batch may be
 * settled already, but before any of a later batch. A failing function is retried without end and holds back the
 * partitions of that batch only. A record too large for any event holds its partition and is reported.
 */
export async function startPoller(options: PollerOptions): Promise<Poller> {
  const { mappings, invoker, openDestination = null, clientId = 'sluice-poller', report = () => {} } = options
  refuseSharedGroups(mappings)
  const settings = { ...defaultSettings, ...options.settings }
  const quietReport: Report = (event) => {
    try {
      report(event)
    } catch {
      // A report must not stop a delivery.
    }
  }
  const workers = new Map<Mapping, MappingWorker>()
  for (const mapping of mappings) {
    if (!mapping.enabled) continue
    workers.set(
      mapping,
      new MappingWorker(mapping, { clientId, invoker, openDestination, settings, report: quietReport }),
    )
  }
  let stopped: Promise<unknown> | undefined
  return {
    status: () => mappings.map((mapping) => workers.get(mapping)?.status() ?? disabledStatus(mapping)),
    async stop() {
      stopped ??= Promise.allSettled([...workers.values()].map((worker) => worker.stop()))
      await stopped
    },
  }
}

/** Members of one group that subscribe to different topics would leave partitions unread; to one topic, split it. */
function refuseSharedGroups(mappings: readonly Mapping[]): void {
  const owners = new Map<string, Mapping>()
  for (const mapping of mappings) {
    const group = JSON.stringify([mapping.bootstrapServers, mapping.consumerGroupId])
    const owner = owners.get(group)
    if (owner) {
      throw new SluiceError(
        'MAPPING_INVALID',
        `mapping "${mapping.id}": ConsumerGroupId is "${mapping.consumerGroupId}", which mapping "${owner.id}" uses; allowed is a group of its own`,
      )
    }
    owners.set(group, mapping)
  }
}

function disabledStatus({ id, functionName, topic, consumerGroupId }: Mapping): MappingStatus {
  const lastProcessingResult = 'No records processed'
  const idle = { invocationsInFlight: 0, partitions: [] }
  return { id, functionName, topic, consumerGroupId, state: 'Disabled', lastProcessingResult, ...idle }
}
