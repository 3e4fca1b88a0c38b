/**
 * Puts together what decodes the records of one mapping: registry, its schemas, decoder.
 */
import type { Secrets } from '../secrets.ts'
import { Decoding, type DecodingContext } from './decoding.ts'
import { openRegistry } from './open-registry.ts'
import { recordDecoder } from './record-decoder.ts'
import type { RegistryProperties } from './registry-properties.ts'
import { type SchemaCacheContext, schemaCache } from './schema-cache.ts'

/** The decoding of a mapping with that registry. The registry is opened with the first schema that is needed. */
export function openDecoding(
  registry: RegistryProperties,
  secrets: Secrets | null,
  context: Omit<DecodingContext, 'decode'> & Omit<SchemaCacheContext, 'open'>,
): Decoding {
  const cache = schemaCache({ ...context, open: () => openRegistry(registry, secrets) })
  return new Decoding({ ...context, decode: recordDecoder(registry, cache, context.filter !== null) })
}
