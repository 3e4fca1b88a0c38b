/**
 * Why something failed, and what to do about it.
 */
import type { Remedy } from '../../../operations/remedy.ts'
import { Time } from './time.tsx'
import { Words } from './words.tsx'

/** The reason, with its remedy where there is one; `at` is when, in ms since the epoch, where that is worth a line. */
export function Why(props: { code: string; message: string; remedy: Remedy | null; at?: number }) {
  const { code, message, remedy, at } = props
  return (
    <div class="why">
      <p class="why-reason">
        <code class="code">{code}</code> {message}
      </p>
      {(at !== undefined || remedy) && (
        <dl class="facts">
          {at !== undefined && (
            <>
              <dt>At</dt>
              <dd>
                <Time at={at} />
              </dd>
            </>
          )}
          {remedy && (
            <>
              <dt>Means</dt>
              <dd>
                <Words text={remedy.means} />
              </dd>
              <dt>What to do</dt>
              <dd>
                <Words text={remedy.todo} />
              </dd>
            </>
          )}
        </dl>
      )}
    </div>
  )
}
