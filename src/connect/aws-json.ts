/**
 * Calls of an AWS API in its JSON protocol, signed with the credentials of the process; for an API whose SDK client is
 * too large for a function, see docs/decisions/0018-glue-registry.md. Not for what a particular API means.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { SignatureV4 } from '@smithy/signature-v4'
import { object, optional, safeParse, string } from 'valibot'
import { awsHost, signing } from './aws.ts'

/** An API: its name in addresses and signatures, and the prefix of its actions. `endpoint` is an emulator's address. */
export type AwsJsonApi = {
  readonly service: string
  readonly targetPrefix: string
  readonly region: string
  readonly endpoint?: string | undefined
}

/** What the API answered: a result, or the error by which it refused the call: its name, and its message or nothing. */
export type AwsAnswer = { readonly result: unknown } | { readonly refusal: string; readonly message: string }

/** One call of an action. Fails when there is no answer of the API, or only passing failures, until the time is over. */
export type AwsJsonCall = (action: string, input: object) => Promise<AwsAnswer>

const errorAnswer = object({ __type: string(), message: optional(string()), Message: optional(string()) })

const attempts = 5
/** Longest pause before the second attempt, in ms; doubles with each. */
const firstPauseMs = 100
const passingRefusal = /Throttl|TooManyRequests|RequestLimitExceeded|OperationTimeout|ConcurrentModification/

/**
 * Calls an API. Throttling, refusals that pass and statuses from 500 on are tried again, five times in all, with random
 * pauses between; `timeoutMs` bounds a call with all its attempts. Without `endpoint`, the SDK's environment variables
 * for endpoints hold, as they do for every other AWS client of the process.
 */
export function awsJsonCall(api: AwsJsonApi, timeoutMs: number): AwsJsonCall {
  const { service, targetPrefix, region } = api
  const url = new URL(api.endpoint ?? environmentEndpoint(service) ?? `https://${awsHost(service, region)}`)
  const signingOfProcess = signing(region)

  const send = async (action: string, body: string, signal: AbortSignal): Promise<AwsAnswer> => {
    const { host, hostname, port, protocol, pathname: path } = url
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${targetPrefix}.${action}` }
    const request = { method: 'POST', protocol, hostname, path, query: {}, headers: { host, ...headers }, body }
    const signer = new SignatureV4({ service, region, ...(await signingOfProcess()) })
    const signed = await signer.sign({ ...request, ...(port === '' ? {} : { port: Number(port) }) })
    const response = await fetch(url, { method: 'POST', headers: signed.headers, body, signal })
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.status === 200 && answer !== undefined) return { result: answer }
    const error = safeParse(errorAnswer, answer)
    const refusal = error.success ? bareName(error.output.__type) : ''
    if (error.success && response.status < 500 && !passingRefusal.test(refusal)) {
      return { refusal, message: error.output.message ?? error.output.Message ?? '' }
    }
    throw new Error(`it answered with status ${response.status} ${refusal}`.trimEnd())
  }

  return async (action, input) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const body = JSON.stringify(input)
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send(action, body, signal)
      } catch (error) {
        if (attempt === attempts || signal.aborted) throw error
        await sleep(Math.random() * firstPauseMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => {
          throw error
        })
      }
    }
  }
}

/** Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
function environmentEndpoint(service: string): string | undefined {
  return process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env.AWS_ENDPOINT_URL
}

/** An error's name may have a namespace before it and a URL behind it. */
function bareName(type: string): string {
  return type.replace(/^.*#/, '').replace(/:.*$/, '')
}
