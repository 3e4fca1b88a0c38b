/**
 * The client of a schema registry, for either kind of it.
 * Not for bytes: see src/core/wire-format.ts.
 */
import type { RegistryEndpoint } from '../core/endpoints.ts'
import { confluentLookup, connectConfluentRegistry } from './registry-confluent.ts'
import { connectGlueRegistry, glueLookup } from './registry-glue.ts'
import type { SchemaLookup, SchemaRegistry } from './schema-registry.ts'

const defaultTimeoutMs = 10_000

/** A client that finds schemas; 10 s a call. Apart from {@link connectRegistry}, so that functions carry no more than that. */
export function connectLookup(endpoint: RegistryEndpoint): SchemaLookup {
  return 'url' in endpoint ? confluentLookup(endpoint, defaultTimeoutMs) : glueLookup(endpoint, defaultTimeoutMs)
}

/** A client of the registry; `timeoutMs` bounds each call. */
export function connectRegistry(endpoint: RegistryEndpoint, timeoutMs = defaultTimeoutMs): SchemaRegistry {
  return 'url' in endpoint ? connectConfluentRegistry(endpoint, timeoutMs) : connectGlueRegistry(endpoint, timeoutMs)
}
