/** On-failure destinations that are taken away, or do not answer, and come back. */
import { afterEach, expect, test } from 'vitest'
import { ascending, failing, pollerScene, until } from '../system/event-source-scene.ts'
import { destinationKinds, movableDestination } from './event-source-destinations.ts'
import { ceilingMib, type Member, startMember } from './event-source-member.ts'
import { caughtUp, endsOf, newSink, type Place, reconciled, watchOffsets } from './event-source-sink.ts'

const scene = pollerScene(['kafka', 'emulator'])
const { handlers, newName, propertiesOf, createTopic, produce, committed, waitForCommit } = scene
const partitions = 3
/** Records of a partition in each phase. */
const phase = 60
/** Far enough apart that no batch holds two. */
const isBad = ({ partition, offset }: Place) => partition === 0 && offset % 20 === 10
const badIn = (records: number) => ascending(records).filter((offset) => isBad({ partition: 0, offset }))
let member: Member | undefined

afterEach(() => member?.end('SIGKILL'))

test.each(destinationKinds)(
  'a destination of kind %s is removed, or away: its records wait and others go on; once it is back, it has them all',
  async (kind) => {
    const name = newName()
    const { endpoints, service } = scene.stack()
    const destination = movableDestination(kind, `${name}-failed`, endpoints, scene.admin())
    await createTopic(name, partitions)
    await destination.create()
    const sink = newSink()
    const given = new Set<number>()
    // One after the other: what one is taking from a queue, another would miss.
    let reading = Promise.resolve()
    const readDestination = () => {
      reading = reading.then(async () => {
        const places = await destination.taken()
        for (const { offset } of places) given.add(offset)
        sink.settle(places)
      })
      return reading
    }
    handlers.set(name, (records) => {
      sink.settle(records.filter((record) => !isBad(record)))
      return failing(records.filter(isBad))
    })
    const properties = propertiesOf(name, {
      BatchSize: 10,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: destination.address } },
    })
    const settings = { retryBackoff: { baseMs: 20, maxMs: 500 } }
    const { aws } = endpoints
    const running = startMember({ id: name, properties, endpoint: scene.endpoint(), aws, settings })
    member = running
    const failures = () => running.events.filter(({ type }) => type === 'destination-failed').length
    let produced = 0
    const more = async () => {
      await produce(name, partitions, produced * partitions, (produced + phase) * partitions)
      produced += phase
    }
    // What a destination has is known while it is there; nothing moves at it while it is not. On its way back it may get
    // records before that is known here, so a look at offsets then waits until it can be read.
    let isThere = Promise.resolve(true)
    const offsets = async () => {
      const found = await committed(name)
      if (await isThere) await readDestination()
      return found
    }
    const takeAway = async (remove: () => Promise<unknown>) => {
      isThere = Promise.resolve(false)
      await reading
      await remove()
    }
    const bringBack = async (prepare: () => Promise<unknown> = async () => {}) => {
      isThere = prepare()
        .then(createSilently)
        .then(() => true)
      await isThere
    }
    // A topic of SNS takes, and loses, what comes before its subscription.
    const createSilently = async () => {
      if (kind === 'sns') running.signal('SIGSTOP')
      await destination.create()
      if (kind === 'sns') running.signal('SIGCONT')
    }
    const watch = watchOffsets(offsets, sink)
    const whole = async () => {
      await caughtUp(scene.admin(), name, name)
      await readDestination()
      const [end = 0] = await reconciled(scene.admin(), name, name, sink)
      expect([...given].sort((a, b) => a - b)).toEqual(badIn(end))
    }
    const waiting = async () => {
      const before = failures()
      const [end = 0] = await endsOf(scene.admin(), name)
      await more()
      await until(() => expect(failures()).toBeGreaterThan(before + 1))
      const [grown = 0, ...others] = await endsOf(scene.admin(), name)
      await waitForCommit(name, [badIn(grown).find((offset) => offset >= end) ?? 0, ...others])
    }

    await more()
    await whole()
    await takeAway(() => destination.remove())
    await waiting()
    await bringBack()
    await whole()
    if (kind !== 'kafka') {
      await takeAway(() => service('emulator').kill('SIGKILL'))
      await waiting()
      await bringBack(() => service('emulator').start())
      await whole()
    }
    await watch.end()
    expect(watch.violations).toEqual([])
    await running.end('SIGTERM')
    expect(running.peakMib()).toBeLessThan(ceilingMib)
  },
)
