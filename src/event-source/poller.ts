/**
 * The event source mapping poller: reads Kafka topics and invokes functions, as AWS Lambda does for a Kafka mapping.
 * Not for what the functions do: it knows deployed mappings, and no pipelines.
 */
import { SluiceError } from '../core/errors.ts'
import { type DeployedMapping, refuseConflicts } from './deployed-mapping.ts'
import type { OpenDestination } from './destination/destination.ts'
import type { Invoker } from './invoker.ts'
import type { Mapping } from './mapping.ts'
import { type BootstrapServersOf, MappingSlot } from './mapping-slot.ts'
import type { MappingStatus } from './mapping-status.ts'
import type { MappingSource } from './mappings.ts'
import type { Report } from './report.ts'
import type { Secrets } from './secrets.ts'
import { defaultSettings, type PollerSettings } from './settings.ts'

/** What to poll, and through whom. */
export type PollerOptions = {
  /** From `loadMappings`, or `watchMappings` to follow what is deployed. Each names its own Kafka. */
  readonly mappings: readonly Mapping[] | MappingSource
  readonly invoker: Invoker
  /** Opens on-failure destinations: `destinationOpener`. Without it, mappings that have one are refused. */
  readonly openDestination?: OpenDestination
  /** Finds the brokers, `host:port` each, of an MSK cluster. Without it, mappings with EventSourceArn are refused. */
  readonly bootstrapServersOf?: BootstrapServersOf
  /** Reads the secrets that mappings name: `secretsManager`. Without it, mappings that name some are refused. */
  readonly secrets?: Secrets
  /** How the brokers' logs name the poller; `sluice-poller` unless given. */
  readonly clientId?: string
  readonly report?: Report
  /** Settings that differ from {@link defaultSettings}. */
  readonly settings?: Partial<PollerSettings>
}

/** A running poller. */
export type Poller = {
  /** Every mapping, ordered by id, the disabled and the refused ones included. */
  status(): MappingStatus[]
  /**
   * Stops taking records, lets invocations in flight end within `stopDeadlineMs`, commits what is settled and leaves
   * the groups. Never rejects; a second call waits for the same end.
   */
  stop(): Promise<void>
}

/**
 * Starts polling and returns when the mappings are known: Kafka being down, a topic or function that does not exist yet
 * are retried without end and show in the status. Fails with MAPPING_INVALID when one of a fixed list is refused. A
 * watched mapping that is refused shows in the status and holds back no other; when it ran before, it goes on as it was.
 * A change lets the invocations in flight end, commits and goes on from there; what a mapping reads cannot be changed.
 *
 * Delivery guarantees: at least once. A record is settled when its function returned without naming it as failed, when
 * the filter keeps it away, or when it is given up: its retries are exhausted, or it is too old. Those given up are
 * settled after the on-failure destination has taken them; without one they are dropped and reported. A partition's
 * group offset is committed over the contiguous settled prefix only, so no stop, crash or rebalance loses a record, and
 * each can bring records again that were invoked but not committed. Records of a partition go out in offset order, one
 * batch of a partition at a time; a failed record is retried while later ones of its own batch may be settled already,
 * but before any of a later batch. A failing function holds back the partitions of that batch only. A record too large
 * for any event goes to the destination; without one it holds its partition and is reported. So does one that a schema
 * registry shows to be unreadable; without a destination it is dropped and reported. While the registry is away, records wait.
 */
export async function startPoller(options: PollerOptions): Promise<Poller> {
  const { mappings, invoker, clientId = 'sluice-poller' } = options
  const { openDestination = null, bootstrapServersOf = null, secrets = null } = options
  const settings = { ...defaultSettings, ...options.settings }
  const report = quiet(options.report ?? (() => {}))
  const ports = { invoker, openDestination, bootstrapServersOf, secrets }
  const slots = new Map<string, MappingSlot>()
  const gone = new Set<Promise<void>>()
  const apply = (deployed: readonly DeployedMapping[]) => {
    const ids = new Set(deployed.map(({ id }) => id))
    for (const [id, slot] of slots) {
      if (ids.has(id)) continue
      slot.want('deleted')
      // One that comes back meanwhile finds its group left: both could not be told apart in it.
      const left = slot.settled().then(() => {
        if (slots.get(id) === slot && !slot.isWanted) slots.delete(id)
        gone.delete(left)
      })
      gone.add(left)
    }
    const accepted = [...slots.values()].flatMap(({ isWanted, mapping }) => (isWanted && mapping ? [mapping] : []))
    for (const each of refuseConflicts(deployed, ports, accepted)) {
      const slot = slots.get(each.id)
      if (slot) slot.want(each)
      else slots.set(each.id, new MappingSlot(each, { ...ports, clientId, settings, report }))
    }
  }
  const ending = new AbortController()
  const watching = typeof mappings === 'function' ? await follow(mappings(ending.signal), apply, report) : null
  if (typeof mappings !== 'function') {
    const fixed = mappings.map((mapping) => ({ id: mapping.id, mapping, problem: null, wanted: null }))
    const refused = refuseConflicts(fixed, ports, []).find(({ problem }) => problem !== null)
    if (refused) throw new SluiceError('MAPPING_INVALID', refused.problem ?? '')
    apply(fixed)
  }
  const end = async () => {
    ending.abort()
    await watching?.ended
    for (const slot of slots.values()) slot.want('stopped')
    await Promise.allSettled([...[...slots.values()].map((slot) => slot.settled()), ...gone])
  }
  let stopped: Promise<void> | undefined
  return {
    status: () => [...slots.values()].map((slot) => slot.status()).sort((a, b) => (a.id < b.id ? -1 : 1)),
    stop() {
      stopped ??= end()
      return stopped
    },
  }
}

/** Applies the first look, then resolves to the end of all that follow. */
async function follow(
  source: AsyncIterable<readonly DeployedMapping[] | Error>,
  apply: (deployed: readonly DeployedMapping[]) => void,
  report: Report,
): Promise<{ readonly ended: Promise<void> }> {
  const looks = source[Symbol.asyncIterator]()
  const take = async () => {
    const { value, done } = await looks.next()
    if (done) return false
    if (value instanceof Error) report({ type: 'watch-failed', mapping: '', reason: value.message })
    else apply(value)
    return true
  }
  await take()
  const followAll = async () => {
    while (await take());
  }
  return { ended: followAll() }
}

/** What a report throws is dropped: it must not stop a delivery. */
function quiet(report: Report): Report {
  return (event) => {
    try {
      report(event)
    } catch {}
  }
}
