/**
 * The schemas of one mapping by id: what was looked up once is known from then on. Looks up without end, as nothing that
 * waits for a schema may be given up because the registry is away.
 */
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import { type AvroReader, avroReader } from '../../core/avro-json.ts'
import { SluiceError } from '../../core/errors.ts'
import type { SchemaId } from '../../core/wire-format.ts'
import { fullJitter, pause } from '../backoff.ts'
import type { PollerSettings } from '../settings.ts'

/** What a cache works with, and whom it tells. */
export type SchemaCacheContext = {
  /** Opens the registry; again after each failure, so that rotated secrets are taken on. */
  open(): Promise<SchemaRegistry>
  readonly settings: Pick<PollerSettings, 'avroJson' | 'reconnectBackoff'>
  /** Whether a schema that the registry does not know is waited for. */
  readonly waitsForUnknown: boolean
  readonly stopping: AbortSignal
  onFailed(reason: string): void
  /** Why a look-up does not get on, null when all do. */
  onProblem(problem: string | null): void
}

/** Schemas by id. */
export type SchemaCache = {
  /** The reader of a known schema, `unknown` for one that the registry does not have; undefined before the look-up. */
  get(id: SchemaId): AvroReader | 'unknown' | undefined
  /** Resolves when the id is known, or never will be as the signal was aborted. Look-ups of one id are shared. Never rejects. */
  lookUp(id: SchemaId): Promise<void>
}

/** A topic has few schemas; an attacker may name many. */
const maxSchemas = 1_000
/** For how long the registry is not asked again for a schema that it did not know, in ms. */
const unknownMs = 1_000

/** An empty cache. */
export function schemaCache(context: SchemaCacheContext): SchemaCache {
  const { open, settings, waitsForUnknown, stopping, onFailed, onProblem } = context
  const known = new Map<SchemaId, { readonly schema: AvroReader | 'unknown'; readonly until: number }>()
  const pending = new Map<SchemaId, Promise<void>>()
  const problems = new Map<SchemaId, string>()
  let registry: Promise<SchemaRegistry> | null = null

  const setProblem = (id: SchemaId, problem: string | null) => {
    if (problem === null && !problems.delete(id)) return
    if (problem !== null) problems.set(id, problem)
    onProblem(problems.values().next().value ?? null)
  }
  const ask = async (id: SchemaId): Promise<AvroReader | 'unknown'> => {
    registry ??= open()
    const used = registry
    try {
      const { text, dataFormat } = await (await used).registeredSchema(id)
      return readerOf(id, text, dataFormat, settings)
    } catch (error) {
      const isUnknown = error instanceof SluiceError && error.code === 'SCHEMA_UNKNOWN'
      if (isUnknown && !waitsForUnknown) return 'unknown'
      if (registry === used && !isUnknown) registry = null
      throw error
    }
  }
  const lookUp = async (id: SchemaId): Promise<void> => {
    for (let failures = 1; !stopping.aborted; failures += 1) {
      try {
        const schema = await ask(id)
        if (known.size >= maxSchemas) known.delete(known.keys().next().value as SchemaId)
        known.set(id, { schema, until: schema === 'unknown' ? Date.now() + unknownMs : Number.POSITIVE_INFINITY })
        return setProblem(id, null)
      } catch (error) {
        const { message } = error as Error
        onFailed(message)
        setProblem(id, message)
        await pause(fullJitter(failures, settings.reconnectBackoff), stopping)
      }
    }
  }
  return {
    get(id) {
      const found = known.get(id)
      return found && found.until > Date.now() ? found.schema : undefined
    },
    lookUp(id) {
      const running = pending.get(id) ?? lookUp(id).finally(() => pending.delete(id))
      pending.set(id, running)
      return running
    },
  }
}

function readerOf(
  id: SchemaId,
  text: string,
  dataFormat: string,
  { avroJson }: Pick<PollerSettings, 'avroJson'>,
): AvroReader {
  const remedy = 'leave SchemaRegistryConfig out and decode in the function'
  if (dataFormat !== 'AVRO') throw new Error(`schema ${id} is ${dataFormat}, and this poller reads AVRO: ${remedy}`)
  try {
    return avroReader(text, avroJson)
  } catch {
    throw new Error(`schema ${id} is no Avro schema that stands alone, without references: ${remedy}`)
  }
}
