/**
 * The flow: as it is, as it goes on, and what was wrong with it.
 */
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { anomaliesSince, anomalyMs } from '../../../operations/flow/anomalies.ts'
import type { FlowPicture } from '../../../operations/flow/flow.ts'
import type { ConsoleContext } from '../context.ts'
import { shared } from '../shared.ts'

/** What the stream sends with each event: the picture, and the points since the one before. */
export type FlowEvent = {
  readonly epoch: string
  readonly picture: FlowPicture
  readonly points: ReturnType<ConsoleContext['flow']['points']>
}

const heartbeatMs = 15_000

/** The routes. */
export function flowRoutes({ flow, pipelines, clients, epoch, signal }: ConsoleContext) {
  const anomalies = shared(3_000, () => anomaliesSince(Date.now() - anomalyMs, pipelines, flow.incidents(), clients))
  return new Hono()
    .get('/flow/anomalies', async (c) => c.json(await anomalies()))
    .get('/flow/live', (c) =>
      streamSSE(c, async (stream) => {
        // `epoch-number` of the last event that the page has seen: it gets what came since, or all of another start.
        const [, seenEpoch, seenNumber] = /^([^-]+)-(\d+)$/.exec(c.req.header('last-event-id') ?? '') ?? []
        let seen = seenEpoch === epoch ? Number(seenNumber) : -1
        const ended = Promise.withResolvers<void>()
        let sending = Promise.resolve()
        const send = (picture: FlowPicture) => {
          const event: FlowEvent = { epoch, picture, points: flow.points(seen) }
          seen = picture.number
          const message = { event: 'flow', id: `${epoch}-${picture.number}`, data: JSON.stringify(event) }
          sending = sending.then(() => stream.writeSSE(message)).catch(() => ended.resolve())
        }
        const now = flow.picture()
        if (now) send(now)
        const stop = flow.listen(send)
        const heart = setInterval(() => void stream.write(': \n\n').catch(() => ended.resolve()), heartbeatMs)
        stream.onAbort(() => ended.resolve())
        signal.addEventListener('abort', () => ended.resolve(), { once: true })
        await ended.promise
        clearInterval(heart)
        stop()
      }),
    )
}
