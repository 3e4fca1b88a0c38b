/**
 * The live flow: one stream for the whole page, resumed after a disconnect.
 */
import { useEffect, useState } from 'preact/hooks'
import type { FlowPicture, FlowPoint } from '../../../operations/flow/flow.ts'
import type { FlowEvent } from '../../server/routes/flow.ts'

/** What the stream has said. `lostAt` is when it fell silent, in ms since the epoch; null while it is live. */
export type LiveFlow = {
  readonly picture: FlowPicture | null
  readonly points: readonly FlowPoint[]
  readonly lostAt: number | null
}

const keptPoints = 600
const again = 1_000
/** The server says something each second. */
const silenceMs = 10_000

let live: LiveFlow = { picture: null, points: [], lostAt: null }
let epoch = ''
let source: EventSource | null = null
let heardAt = 0
const listeners = new Set<(flow: LiveFlow) => void>()

function tell(next: LiveFlow): void {
  live = next
  for (const listener of listeners) listener(live)
}

function connect(): void {
  source?.close()
  const stream = new EventSource('/api/flow/live')
  source = stream
  heardAt = Date.now()
  stream.addEventListener('flow', ({ data }) => {
    heardAt = Date.now()
    const event = JSON.parse(data as string) as FlowEvent
    const known = event.epoch === epoch ? live.points : []
    const last = known.at(-1)?.number ?? -1
    epoch = event.epoch
    const points = [...known, ...event.points.filter(({ number }) => number > last)].slice(-keptPoints)
    tell({ picture: event.picture, points, lostAt: null })
  })
  stream.addEventListener('error', () => {
    if (live.lostAt === null) tell({ ...live, lostAt: Date.now() })
    // A browser gives up on its own where a server answers something else.
    if (stream.readyState === EventSource.CLOSED && stream === source) setTimeout(connect, again)
  })
}

/** A stream that is silent, as after a machine's sleep, is opened anew. */
function watch(): void {
  if (Date.now() - heardAt > silenceMs) {
    if (live.lostAt === null) tell({ ...live, lostAt: heardAt })
    connect()
  }
}

/** The live flow; the first who asks opens the stream. */
export function useLiveFlow(): LiveFlow {
  const [flow, setFlow] = useState(live)
  useEffect(() => {
    if (!source) {
      connect()
      setInterval(watch, again)
    }
    listeners.add(setFlow)
    setFlow(live)
    return () => {
      listeners.delete(setFlow)
    }
  }, [])
  return flow
}
