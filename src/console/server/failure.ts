/**
 * Failures as answers: the code, what happened, and what to do about it.
 */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type ErrorCode, SluiceError } from '../../core/errors.ts'

/** What a request that failed is answered with. */
export type Failure = { readonly code: string; readonly message: string }

const unknown: ReadonlySet<ErrorCode> = new Set([
  'PIPELINE_UNKNOWN',
  'RUN_UNKNOWN',
  'RECORD_UNKNOWN',
  'DEAD_LETTER_UNKNOWN',
  'TOPIC_UNKNOWN',
  'SCHEMA_UNKNOWN',
  'JOB_UNKNOWN',
])

/** The answer to a request that failed: 404 for what is not there, 503 for what may work later, 422 for what cannot. */
export function failureAnswer(error: Error, context: Context): Response {
  if (error instanceof SluiceError) {
    const { code, message } = error
    return context.json({ code, message } satisfies Failure, unknown.has(code) ? 404 : error.retryable ? 503 : 422)
  }
  if (error instanceof HTTPException) return error.getResponse()
  process.stderr.write(`console: ${context.req.method} ${context.req.path}: ${error.stack}\n`)
  return context.json({ code: 'FAILED', message: 'the console could not do that: see its log' } satisfies Failure, 500)
}
