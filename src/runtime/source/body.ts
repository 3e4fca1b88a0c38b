/**
 * Reads the body of an answer: unpacked, decoded and parsed, within bounds of size and speed.
 */
import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { SluiceError } from '../../core/errors.ts'
import type { SourceLimits } from './limits.ts'

const unpackers: Readonly<Record<string, () => Readable & NodeJS.WritableStream>> = {
  gzip: createGunzip,
  br: createBrotliDecompress,
}

/** What a request says it takes. */
export const acceptEncoding = 'gzip, br'

/** An answer that brings bytes, but too few. */
export class TooSlow extends Error {}

/**
 * The JSON in the body of an answer. Fails with SOURCE_INVALID, naming the source as `name`, with TooSlow, or with the
 * connection's error where it was cut off. What does not fit is not read to its end.
 */
export async function readJson(response: IncomingMessage, name: string, limits: SourceLimits): Promise<unknown> {
  const invalid = (what: string) => new SluiceError('SOURCE_INVALID', `the source ${name} answered ${what}`)
  const decode = decoderOf(response.headers['content-type'] ?? '', invalid)
  const tooLong = () => invalid(`with more than the ${limits.bodyBytes} bytes that a page may have: ask for less`)
  const stream = unpacked(response, invalid)
  const stopWatch = watchSpeed(response, limits)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    if (stream === response && Number(response.headers['content-length'] ?? 0) > limits.bodyBytes) throw tooLong()
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > limits.bodyBytes) throw tooLong()
      chunks.push(chunk)
    }
  } catch (error) {
    if (/^(Z_|ERR__ERROR_)/.test(String((error as NodeJS.ErrnoException).code)))
      throw invalid(`what is not ${response.headers['content-encoding']}, as it declares`)
    throw error
  } finally {
    stopWatch()
    response.destroy()
  }
  return parse(decode(Buffer.concat(chunks)), invalid)
}

type Invalid = (what: string) => SluiceError

function unpacked(response: IncomingMessage, invalid: Invalid): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding === 'identity') return response
  const unpacker = Object.hasOwn(unpackers, encoding) ? unpackers[encoding]?.() : undefined
  if (!unpacker) throw invalid(`in the encoding ${JSON.stringify(encoding.slice(0, 40))}, which was not asked for`)
  // Errors reach the reader of the unpacker.
  pipeline(response, unpacker, () => {})
  return unpacker
}

/** JSON is UTF-8 (RFC 8259); a source that declares another charset means it. */
function decoderOf(contentType: string, invalid: Invalid): (bytes: Buffer) => string {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType) ?? []
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(charset, { fatal: true })
  } catch {
    throw invalid(`in the charset ${JSON.stringify(charset.slice(0, 40))}, which is unknown`)
  }
  return (bytes) => {
    try {
      return decoder.decode(bytes)
    } catch {
      throw invalid(`${bytes.length} bytes that are not ${decoder.encoding}`)
    }
  }
}

function parse(text: string, invalid: Invalid): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(`${text.length} characters that are not JSON`)
  }
}

/** Cuts the answer off with TooSlow once a span of time brought too few bytes; gives what ends the watch. */
function watchSpeed(response: IncomingMessage, { slowMs, slowBytes }: SourceLimits): () => void {
  const { socket } = response
  let before = socket.bytesRead
  const timer = setInterval(() => {
    if (socket.bytesRead - before < slowBytes)
      response.destroy(new TooSlow(`fewer than ${slowBytes} bytes in ${slowMs} ms`))
    before = socket.bytesRead
  }, slowMs)
  return () => clearInterval(timer)
}
