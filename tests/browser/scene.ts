/**
 * What the browser tests share: an environment with data of every kind, a console on it that can be restarted, a browser.
 */
import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { pipelines } from '../../pipelines/index.ts'
import { createProducer, type OutgoingRecord } from '../../src/connect/kafka-producer.ts'
import { type ConsoleClient, consoleClient } from '../../src/console/client.ts'
import { startConsole } from '../../src/console/server/start.ts'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import type { Endpoints } from '../../src/core/endpoints.ts'
import type { AnyTopic } from '../../src/core/topic.ts'
import { topicsOf } from '../../src/core/topology.ts'
import { type Clients, openClients } from '../../src/operations/clients.ts'
import { environmentFolder } from '../../src/operations/places.ts'
import { topicEncoder } from '../../src/runtime/topic-codec.ts'
import { type Sluice, sluiceOn, unscheduledUp } from '../system/sluice.ts'
import { openBrowser } from './chromium.ts'
import { startJob } from './spark-job.ts'

/** A page, and what its browser complained of. */
export type Opened = { readonly page: Page; readonly complaints: string[] }

/** The scene. */
export type Scene = {
  readonly sluice: Sluice
  readonly endpoints: Endpoints
  readonly clients: Clients
  /** The environment's. */
  readonly folder: string
  readonly url: string
  readonly api: ConsoleClient
  /** Opens a path in a browser of its own; it is closed with the test. */
  open(path: string, options?: BrowserContextOptions): Promise<Opened>
  stopConsole(): Promise<void>
  /** Starts the console again, on the same port. */
  startConsole(): Promise<void>
  /** Produces raw bytes as a value, with a key of its own; answers the key. */
  produce(topic: string, value: Buffer, headers?: Record<string, string>): Promise<string>
  /** Produces values of a pipeline's topic, as its schema and key want them. */
  publish(topic: string, values: readonly AvroRecord[]): Promise<void>
  /** Starts Spark and an analytics job on it, which end with {@link stopJob} or the scene. */
  startJob(name: string): Promise<void>
  stopJob(): Promise<void>
  close(): Promise<void>
}

/** Opens the scene in a new environment, with a first run of so many records. */
export async function openScene(environment: string, records: number): Promise<Scene> {
  const sluice = sluiceOn(environment)
  const stops: (() => unknown)[] = [() => sluice.cleanUp()]
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  try {
    const { endpoints } = await unscheduledUp(
      sluice,
      environment,
      records,
      pipelines.map(({ name }) => name),
    )
    const clients = await openClients(endpoints)
    stops.push(() => clients.close())
    const folder = environmentFolder(environment)
    const place = { endpoints, folder }
    // Pictures show the name that an environment has unless it is given another.
    const start = (port: number) => startConsole({ environment: 'default', pipelines, clients, place, port })
    let running = await start(0)
    stops.push(() => running.stop())
    const { url } = running
    const browser: Browser = await openBrowser()
    stops.push(() => browser.close())
    let stopJob = async () => {}
    stops.push(() => stopJob())
    return {
      ...{ sluice, endpoints, clients, folder, url, api: consoleClient(url), close },
      async open(path, options = {}) {
        const context = await browser.newContext({
          viewport: { width: 1440, height: 900 },
          locale: 'en-GB',
          ...options,
        })
        // Also after a failure: a page that stays goes on asking.
        onTestFinished(() => context.close())
        const page = await context.newPage()
        const complaints: string[] = []
        page.on('console', (message) => {
          if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
        })
        page.on('pageerror', (error) => complaints.push(error.message))
        await page.goto(url + path, { waitUntil: 'commit' })
        return { page, complaints }
      },
      stopConsole: () => running.stop(),
      async startConsole() {
        running = await start(Number(new URL(url).port))
      },
      async produce(topic, value, headers = {}) {
        const key = randomUUID()
        await send(clients, topic, [{ key, value, headers, timestamp: Date.now() }])
        return key
      },
      async publish(name, values) {
        const topic = pipelines.flatMap(topicsOf).find((each) => each.name === name) as AnyTopic
        const encoder = topicEncoder(topic, clients.registry)
        await encoder.prepare()
        const timestamp = Date.now()
        const records = values.map((value) => {
          return { key: topic.key(value), value: encoder.encode(value), headers: {}, timestamp }
        })
        await send(clients, name, records)
      },
      async startJob(name) {
        stopJob = await startJob(name, { clients, endpoints, folder })
      },
      stopJob: () => stopJob(),
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function send({ kafka }: Clients, topic: string, records: readonly OutgoingRecord[]): Promise<void> {
  const producer = createProducer(kafka)
  try {
    await producer.send(topic, records)
  } finally {
    await producer.disconnect()
  }
}

/** Closes a page that must have had nothing to complain of but what is expected. */
export async function closeQuiet({ page, complaints }: Opened, expected: readonly string[] = []): Promise<void> {
  await page.context().close()
  expect(complaints).toEqual(expected.map((text) => expect.stringContaining(text)))
}
