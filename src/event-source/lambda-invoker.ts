/**
 * Invokes functions through the Lambda Invoke API, of AWS or of an emulator.
 */
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import { SluiceError } from '../core/errors.ts'
import type { Invoker } from './invoker.ts'

/** Longer than any function runs (15 minutes), so that the client never gives up first; in ms. */
const invokeTimeoutMs = 16 * 60_000
/** More than the mappings of one process have in flight. */
const maxSockets = 256

/**
 * An invoker with connection reuse and the client's retries off. `config` says endpoint, region and credentials.
 * Delivery guarantees: one request per call; a rejected call may have run the function all the same.
 */
export function lambdaInvoker(config: LambdaClientConfig): Invoker {
  const client = new LambdaClient({
    ...config,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: invokeTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets },
    },
  })
  return {
    async invoke(functionName, payload, signal) {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'RequestResponse',
        Payload: payload,
      })
      try {
        const answer = await client.send(command, { abortSignal: signal })
        return {
          functionError: answer.FunctionError ?? null,
          payload: answer.Payload ? Buffer.from(answer.Payload).toString() : '',
          requestId: answer.$metadata.requestId ?? null,
          statusCode: answer.StatusCode ?? 200,
          executedVersion: answer.ExecutedVersion ?? null,
        }
      } catch (cause) {
        const { name, message } = cause as Error
        throw new SluiceError('INVOKE_FAILED', `invoking "${functionName}" failed: ${name}: ${message}`, { cause })
      }
    },
  }
}
