/**
 * The headers of a pipeline's requests, with secrets read from where they are kept: never from the environment.
 */
import { once } from 'node:events'
import { readSecret } from '../../connect/secret.ts'
import { SluiceError } from '../../core/errors.ts'
import { type Secret, secretNames } from '../../core/secret.ts'
import type { SourceLimits } from './limits.ts'
import type { Headers } from './request.ts'

/** Reads the text of a secret by its name. */
export type ReadSecret = (name: string) => Promise<string>

/** The headers of a source as they are sent. */
export type SourceHeaders = {
  /** Fails with SOURCE_REFUSED where a secret is missing or denied, SOURCE_UNAVAILABLE where it could not be read now. */
  readonly current: () => Promise<Headers>
  /** Has the secrets read anew with the next request; false where there are none. */
  readonly renew: () => boolean
}

/** Headers whose secrets are kept within the limits, by the clock `now`. */
export function sourceHeaders(
  headers: Readonly<Record<string, string | Secret>> = {},
  { secretMs, secretReadMs }: SourceLimits,
  now: () => number,
  read: ReadSecret = readSecret,
): SourceHeaders {
  const names = secretNames(headers)
  let kept: { readonly texts: ReadonlyMap<string, string>; readonly until: number } | null = null
  return {
    async current() {
      if (kept === null || kept.until <= now()) {
        const texts = await Promise.all(
          names.map(async (name) => [name, await textOf(name, read, secretReadMs)] as const),
        )
        kept = { texts: new Map(texts), until: now() + secretMs }
      }
      const { texts } = kept
      const sent = (value: string | Secret) => (typeof value === 'string' ? value : (texts.get(value.secret) ?? ''))
      return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, sent(value)]))
    },
    renew() {
      kept = null
      return names.length > 0
    },
  }
}

/** Rejects with a TimeoutError: the SDK's client waits without end for a place that no route leads to. */
async function timeUp(ms: number): Promise<never> {
  const signal = AbortSignal.timeout(ms)
  await once(signal, 'abort')
  throw signal.reason
}

/** Failures that waiting does not mend. */
const lasting = ['ResourceNotFoundException', 'AccessDeniedException', 'DecryptionFailure', 'InvalidRequestException']

async function textOf(name: string, read: ReadSecret, readMs: number): Promise<string> {
  const failed = (code: 'SOURCE_REFUSED' | 'SOURCE_UNAVAILABLE', why: string) =>
    new SluiceError(code, `secret "${name}" of the source ${why}`)
  let text: string
  try {
    text = (await Promise.race([read(name), timeUp(readMs)])).trim()
  } catch (error) {
    const kind = error instanceof Error ? error.name : 'Error'
    throw failed(lasting.includes(kind) ? 'SOURCE_REFUSED' : 'SOURCE_UNAVAILABLE', `could not be read: ${kind}`)
  }
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)) return text
  throw failed('SOURCE_REFUSED', text === '' ? 'is empty' : 'holds characters that a header cannot have')
}
