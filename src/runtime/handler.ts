/**
 * What every function wraps its handler in: log context, and one log entry for a failure.
 */
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { SluiceError } from '../core/errors.ts'
import { logger } from './logging.ts'

/** The part of Lambda's context that bounds a function's work. */
export type RemainingTime = Pick<Context, 'getRemainingTimeInMillis'>

/** The Lambda handler around a stage's handler. A failure is logged with its code and thrown on, so that Lambda counts it. */
export function lambdaHandler<Event, Result>(handle: (event: Event, context: Context) => Promise<Result>) {
  return middy<Event, Result>()
    .before(({ context }) => {
      logger.addContext(context as Context)
    })
    .onError(({ error }) => {
      if (error instanceof SluiceError) {
        logger.error('invocation failed', { code: error.code, retryable: error.retryable, reason: error.message })
      } else {
        // A foreign message can quote data, so only its kind and where it arose are kept.
        const frames = error?.stack?.split('\n').slice(1, 6)
        logger.error('invocation failed', { code: 'INTERNAL', retryable: false, kind: error?.name, frames })
      }
    })
    .handler(handle)
}
