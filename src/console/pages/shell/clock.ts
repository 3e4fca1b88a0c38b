/**
 * A clock that all relative times on a page share.
 */
import { useEffect, useState } from 'preact/hooks'

/** The time now, in ms since the epoch, each second anew. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
