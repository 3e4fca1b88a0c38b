/**
 * Invoking a deployed function once and waiting for its answer.
 */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { awsConfig } from '../connect/aws.ts'
import type { AwsEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'

/** What a function answered. */
export type InvokeResult = {
  /** The answer, or the error object where the function failed. */
  readonly payload: unknown
  readonly failed: boolean
  /** The last 4 KB of the invocation's log; empty where the endpoint gives none. */
  readonly log: string
  readonly ms: number
}

/** Invokes a function with an event. Fails with INVOKE_FAILED when it cannot be reached. */
export async function invoke(aws: AwsEndpoint, functionName: string, event: unknown): Promise<InvokeResult> {
  const client = new LambdaClient({
    ...awsConfig(aws),
    maxAttempts: 1,
    requestHandler: { requestTimeout: 16 * 60_000, throwOnRequestTimeout: true },
  })
  const began = performance.now()
  try {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: functionName, LogType: 'Tail', Payload: Buffer.from(JSON.stringify(event)) }),
    )
    return {
      payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null'),
      failed: answer.FunctionError !== undefined,
      log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
      ms: performance.now() - began,
    }
  } catch (cause) {
    const { name, message } = cause as Error
    throw new SluiceError('INVOKE_FAILED', `function "${functionName}" could not be invoked: ${name}: ${message}`, {
      cause,
    })
  } finally {
    client.destroy()
  }
}
