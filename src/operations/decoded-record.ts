/**
 * Decoding records of topics to which anything may have been written.
 */
import type { AvroRecord } from '../core/avro-codec.ts'
import { SluiceError } from '../core/errors.ts'
import type { TopicDecoder } from '../runtime/topic-codec.ts'

/** The record in framed bytes; null where the bytes are none. A registry that is away is no fault of the bytes: REGISTRY_UNAVAILABLE. */
export async function decodedOrNull(decoder: TopicDecoder, bytes: Buffer): Promise<AvroRecord | null> {
  try {
    return await decoder.decode(bytes)
  } catch (error) {
    if (error instanceof SluiceError && !error.retryable) return null
    throw error
  }
}
