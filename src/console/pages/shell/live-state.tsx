/**
 * Says when what a page shows is not live, and why.
 */
import { Duration } from '../parts/time.tsx'
import { useLiveFlow } from './live.ts'

/** A bar while the stream is lost or a look at the services failed; nothing while all is well. */
export function LiveState() {
  const { lostAt, picture } = useLiveFlow()
  if (lostAt !== null) {
    return (
      <p class="bar bar-stale" role="status">
        The console does not answer since <Duration since={lostAt} />: what you see is from before. It is asked each
        second.
      </p>
    )
  }
  if (!picture?.problem) return null
  return (
    <p class="bar bar-problem" role="status">
      {picture.problem}. Figures are those of the last good look.
    </p>
  )
}
