/**
 * The records of a topic as they come in. The browser's stream goes on where it was after a disconnect.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { RecordView } from '../../../operations/topics/record-view.ts'
import type { TailEvent } from '../../server/routes/topics.ts'

const most = 2_000

type Tail = { readonly records: readonly RecordView[]; readonly seen: number; readonly error: boolean }

/** The latest records, newest first, and how many were seen in all. Held, the list stands still. */
export function useTail(topic: string) {
  const [tail, setTail] = useState<Tail>({ records: [], seen: 0, error: false })
  const [isPaused, setPaused] = useState(false)
  const held = useRef(false)
  held.current = isPaused
  useEffect(() => {
    const stream = new EventSource(`/api/topics/${encodeURIComponent(topic)}/live`)
    stream.addEventListener('records', ({ data }) => {
      const { records, skipped } = JSON.parse(data as string) as TailEvent
      setTail((before) => {
        const seen = before.seen + records.length + skipped
        if (held.current) return { ...before, seen, error: false }
        return { records: [...records.toReversed(), ...before.records].slice(0, most), seen, error: false }
      })
    })
    stream.addEventListener('error', () => setTail((before) => ({ ...before, error: true })))
    return () => stream.close()
  }, [topic])
  return { ...tail, isPaused, setPaused }
}
