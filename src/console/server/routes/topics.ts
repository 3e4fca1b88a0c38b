/**
 * Brokers, topics, their records, and groups.
 */
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as v from 'valibot'
import { SluiceError } from '../../../core/errors.ts'
import { formatPosition } from '../../../core/headers.ts'
import { topologyOf } from '../../../core/topology.ts'
import { recordAction } from '../../../operations/audit.ts'
import { brokerStatuses, topicDetail } from '../../../operations/topics/cluster.ts'
import { produceRecord } from '../../../operations/topics/produce.ts'
import type { PageFrom } from '../../../operations/topics/record-ranges.ts'
import type { RecordViewer } from '../../../operations/topics/record-view.ts'
import { recordAt, recordsPage, type Tail, tailTopic, viewerOf } from '../../../operations/topics/records.ts'
import { topicStatuses } from '../../../operations/topics/topics.ts'
import type { ConsoleContext } from '../context.ts'
import { body, count, query, wholeNumber } from '../input.ts'
import { formatOffsets, parseOffsets } from '../offsets-text.ts'
import { shared } from '../shared.ts'

/** What the tail's stream sends with each event. */
export type TailEvent = Pick<Tail, 'records' | 'skipped'>

const pageQuery = v.object({
  from: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(newest|oldest|offset|time|before|after)$/, 'newest, oldest, offset, time, before or after'),
    ),
    'newest',
  ),
  /** An offset, a time in ms, or offsets by partition. */
  at: v.optional(v.string(), ''),
  partition: v.optional(wholeNumber),
  limit: count(500, 100),
  key: v.optional(v.string(), ''),
  text: v.optional(v.string(), ''),
})

const record = v.object({ key: v.nullable(v.pipe(v.string(), v.minLength(1, 'not empty'))), value: v.unknown() })
const position = v.object({ partition: v.number(), offset: v.number() })

/** The routes. */
export function topicRoutes({ pipelines, clients, place, flow, signal }: ConsoleContext) {
  const statuses = shared(1_000, () => topicStatuses(topologyOf(pipelines), clients))
  const viewers = new Map<string, RecordViewer>()
  const viewer = (topic: string) => {
    const known = viewers.get(topic) ?? viewerOf(topic, pipelines, clients)
    viewers.set(topic, known)
    return known
  }
  return new Hono()
    .get('/brokers', async (c) => c.json(await brokerStatuses(clients)))
    .get('/topics', async (c) => c.json(await statuses()))
    .get('/topics/:topic', async (c) => {
      const topic = c.req.param('topic')
      const owned = pipelines.find((pipeline) => topologyOf([pipeline]).topics.some(({ name }) => name === topic))
      return c.json({ ...(await topicDetail(topic, clients)), pipeline: owned?.name ?? null })
    })
    .get('/topics/:topic/records', query(pageQuery), async (c) => {
      const { from, at, partition = null, ...rest } = c.req.valid('query')
      const topic = c.req.param('topic')
      const request = { from: pageFrom(from, at), partition, ...rest }
      const { next, ...page } = await recordsPage(topic, request, viewer(topic), clients)
      return c.json({ ...page, next: next && formatOffsets(next) })
    })
    .get('/topics/:topic/live', (c) =>
      streamSSE(c, async (stream) => {
        const seen = c.req.header('last-event-id') ?? ''
        const topic = c.req.param('topic')
        const ending = new AbortController()
        stream.onAbort(() => ending.abort())
        const until = AbortSignal.any([ending.signal, signal])
        for await (const { records, skipped, next } of tailTopic(
          topic,
          seen ? parseOffsets(seen) : null,
          viewer(topic),
          clients,
          until,
        )) {
          const event: TailEvent = { records, skipped }
          await stream.writeSSE({ event: 'records', id: formatOffsets(next), data: JSON.stringify(event) })
        }
      }),
    )
    .post('/topics/:topic/reveal', body(position), async (c) => {
      const at = { topic: c.req.param('topic'), ...c.req.valid('json') }
      const found = await recordAt(at, clients)
      await recordAction(place.folder, 'reveal record', formatPosition(at))
      return c.json(await viewer(at.topic)(found, true))
    })
    .post('/topics/:topic/records', body(record), async (c) => {
      const topic = c.req.param('topic')
      const { key, value } = c.req.valid('json')
      await recordAction(place.folder, 'produce record', topic)
      return c.json(await produceRecord(topic, { key, value }, pipelines, clients))
    })
    .get('/groups/:group/lag', (c) => c.json(flow.lagOf(c.req.param('group'))))
}

function pageFrom(from: string, at: string): PageFrom {
  switch (from) {
    case 'offset':
      return { at: from, offset: numberOf(at, 'an offset') }
    case 'time':
      return { at: from, timestamp: numberOf(at, 'a time in ms') }
    case 'before':
    case 'after':
      return { at: from, offsets: parseOffsets(at) }
    default:
      return { at: from as 'newest' | 'oldest' }
  }
}

function numberOf(text: string, what: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new SluiceError('ARGUMENT_INVALID', `at is not allowed: ${what} is wanted`)
}
