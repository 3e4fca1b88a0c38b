/**
 * Failures that end a function from outside, worded as Lambda words them.
 * Source: AWS Lambda Developer Guide, "Troubleshoot execution issues in Lambda".
 */
import type { Invocation } from '../invoker.ts'
import type { FunctionFailure } from './messages.ts'

/** The answer to an invocation whose function failed, whatever the failure. */
export function failedInvocation(failure: FunctionFailure, requestId: string): Invocation {
  return { ...answered(requestId), functionError: 'Unhandled', payload: JSON.stringify(failure) }
}

/** What every answer says, of the latest version with 200. */
export function answered(requestId: string): Pick<Invocation, 'requestId' | 'statusCode' | 'executedVersion'> {
  return { requestId, statusCode: 200, executedVersion: '$LATEST' }
}

/** The function did not end in time. */
export function timedOut(requestId: string, timeoutMs: number): FunctionFailure {
  return of('Sandbox.Timedout', requestId, `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`)
}

/** The function's module did not load in time. */
export function initTimedOut(requestId: string, limitMs: number): FunctionFailure {
  return of('Sandbox.Timedout', requestId, `Init timed out after ${(limitMs / 1000).toFixed(2)} seconds`)
}

/** The function needed more memory than it has. */
export function outOfMemory(requestId: string, memoryMb: number): FunctionFailure {
  return of('Runtime.OutOfMemory', requestId, `Runtime exited, as its heap needs more than the ${memoryMb} MB it has`)
}

/** The function ended its own process. */
export function exited(requestId: string, code: number): FunctionFailure {
  const how = code === 0 ? 'without providing a reason' : `with error: exit status ${code}`
  return of('Runtime.ExitError', requestId, `Runtime exited ${how}`)
}

function of(errorType: string, requestId: string, problem: string): FunctionFailure {
  return { errorType, errorMessage: `RequestId: ${requestId} Error: ${problem}`, trace: [] }
}
