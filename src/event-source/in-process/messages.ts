/**
 * What a worker thread and its owner say to each other.
 */

/** How a worker is started. */
export type WorkerStart = {
  readonly codeFolder: string
  readonly handler: string
  /** The properties of the context that stay the same. */
  readonly context: {
    readonly functionName: string
    readonly functionVersion: string
    readonly invokedFunctionArn: string
    readonly memoryLimitInMB: string
    readonly logGroupName: string
    readonly logStreamName: string
  }
}

/** One invocation. */
export type InvokeMessage = {
  /** The event as JSON in UTF-8. */
  readonly payload: Uint8Array
  readonly requestId: string
  /** When the function is to have ended, in ms since the epoch. */
  readonly deadline: number
}

/** A failure as Lambda words it. */
export type FunctionFailure = {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace: readonly string[]
}

/** What the worker answers: loaded; returned, with the response as JSON; failed; or about to end because of a failure. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'returned'; readonly json: string }
  | { readonly kind: 'failed'; readonly failure: FunctionFailure }
  | { readonly kind: 'ending'; readonly failure: FunctionFailure }
