/**
 * The port through which functions are invoked. Adapters: lambda-invoker.ts and in-process/in-process-invoker.ts.
 */

/** What came back from a function that was reached. */
export type Invocation = {
  /** Null when the function returned; else the kind of its failure, such as `Unhandled`. */
  readonly functionError: string | null
  /** The response, or the error object, as JSON; empty when there is none. */
  readonly payload: string
  readonly requestId: string | null
  /** HTTP status of the answer: 200 also when the function failed. */
  readonly statusCode: number
  /** The version that ran; null when the answer does not say. */
  readonly executedVersion: string | null
}

/** Invokes functions synchronously. */
export type Invoker = {
  /**
   * Resolves when the function ended, failed or not. Rejects with INVOKE_FAILED when it cannot be known to have run:
   * throttled, unreachable, service failure. Never retries by itself. The payload is the invoker's from the call on.
   */
  invoke(functionName: string, payload: Uint8Array, signal: AbortSignal): Promise<Invocation>
}
