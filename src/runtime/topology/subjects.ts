/**
 * Makes the subjects of a registry those of the model.
 */
import { connectRegistry } from '../../connect/registry.ts'
import type { SchemaRegistry } from '../../connect/schema-registry.ts'
import type { RegistryAccess } from '../../core/environment.ts'
import { SluiceError } from '../../core/errors.ts'
import { breakingChanges, changeSentence } from '../../core/schema-diff.ts'
import type { SubjectSpec } from '../../core/topology.ts'
import { registryEndpoint } from '../access.ts'
import { type Patience, waitFor } from './wait.ts'

const probeTimeoutMs = 2_000

/**
 * Waits for the registry, then registers each schema under the rule FULL_TRANSITIVE: while a deploy is under way, and
 * after it is taken back, old functions read new records, and a replay reads all that a topic keeps. Idempotent.
 * Returns what was registered. Fails with SERVICE_FAILED or SCHEMA_INCOMPATIBLE, which names the fields.
 */
export async function ensureSubjects(
  access: RegistryAccess,
  wanted: readonly SubjectSpec[],
  patience: Patience,
): Promise<string[]> {
  const endpoint = registryEndpoint(access)
  const probe = connectRegistry(endpoint, probeTimeoutMs)
  const name = access.kind === 'glue' ? `The Glue registry ${access.name}` : `The schema registry at ${access.url}`
  const latestIds = await waitFor(
    name,
    () => Promise.all(wanted.map(({ subject }) => probe.latestId(subject))),
    patience,
  )
  const registry = connectRegistry(endpoint)
  const ensure = async ({ subject, schema }: SubjectSpec, index: number): Promise<string> => {
    const isNew = latestIds[index] === null
    const text = JSON.stringify(schema)
    if (!isNew) await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    const id = await registry.register(subject, text).catch((error: unknown) => explain(error, registry, subject, text))
    if (isNew) await registry.setCompatibility(subject, 'FULL_TRANSITIVE')
    return `${subject} has schema id ${id}`
  }
  const results = await Promise.allSettled(wanted.map(ensure))
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (failures.length > 0) throw together(failures)
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** All refusals in one, as a change often concerns several subjects; else the first failure. */
function together(failures: readonly unknown[]): unknown {
  const refusals = failures.filter(isRefusal)
  if (refusals.length < 2) return refusals[0] ?? failures[0]
  return new SluiceError('SCHEMA_INCOMPATIBLE', refusals.map(({ message }) => message).join('; and '))
}

function isRefusal(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.code === 'SCHEMA_INCOMPATIBLE'
}

/** Fails with the same error; where the registry refused a schema as incompatible, with the fields because of which. */
async function explain(error: unknown, registry: SchemaRegistry, subject: string, text: string): Promise<never> {
  if (!isRefusal(error)) throw error
  const versions = await registry.versions(subject)
  const changes = versions
    .reverse()
    .map((version) => breakingChanges(JSON.parse(version), JSON.parse(text)))
    .find(({ length }) => length > 0)
  if (!changes) throw error
  throw new SluiceError(
    'SCHEMA_INCOMPATIBLE',
    `the registry refused the new schema of subject "${subject}": ${changes.map(changeSentence).join('; ')}`,
    { cause: error },
  )
}
