/**
 * What a page shows when it has nothing to show: nothing there, not yet, not any more.
 */
import type { ComponentChildren } from 'preact'
import { RequestFailed } from '../../client.ts'
import type { Answer } from '../ask.ts'
import { Duration } from './time.tsx'

/** Nothing is there, and why that is as it should be. */
export function Nothing({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="nothing">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
    </div>
  )
}

/** The shape of what is on its way. */
export function Loading({ lines = 5, what }: { lines?: number; what: string }) {
  return (
    <div class="loading" role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} class={`bone bone-${at % 4}`} />
      ))}
    </div>
  )
}

/** A request that failed, with its code's entry in the runbook. */
export function Problem({ error, onAgain }: { error: Error; onAgain?: () => void }) {
  const code = error instanceof RequestFailed ? error.code : null
  return (
    <div class="problem" role="alert">
      <p>
        {code && code !== 'FAILED' && <code class="code">{code}</code>} {sentence(error)}
      </p>
      {onAgain && (
        <button type="button" onClick={onAgain}>
          Try again
        </button>
      )}
    </div>
  )
}

function sentence(error: Error): string {
  return error instanceof RequestFailed ? error.message : 'The console does not answer.'
}

/** An answer by its state: loading, failed, stale, or there. */
export function Answered<T>(props: {
  answer: Answer<T>
  what: string
  lines?: number
  children: (value: T) => ComponentChildren
}) {
  const { answer, what, lines = 5, children } = props
  const { value, error, at, again } = answer
  if (value === null) return error ? <Problem error={error} onAgain={again} /> : <Loading what={what} lines={lines} />
  return (
    <>
      {error && (
        <p class="bar bar-stale" role="status">
          This is from <Duration since={at} /> ago, as it could not be asked for again: {sentence(error)}
        </p>
      )}
      {children(value)}
    </>
  )
}
