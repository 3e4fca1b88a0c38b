/**
 * Makes the subjects of a registry those of the model.
 */
import { connectRegistry } from '../../connect/registry.ts'
import type { SubjectSpec } from '../../core/topology.ts'
import { type Patience, waitFor } from './wait.ts'

const probeTimeoutMs = 2_000

/**
 * Waits for the registry, then registers each schema under the rule BACKWARD. Idempotent. Returns what was registered.
 * Fails with SERVICE_FAILED or SCHEMA_INCOMPATIBLE.
 */
export async function ensureSubjects(
  url: string,
  wanted: readonly SubjectSpec[],
  patience: Patience,
): Promise<string[]> {
  const probe = connectRegistry(url, probeTimeoutMs)
  const present = new Set(await waitFor(`The schema registry at ${url}`, () => probe.subjects(), patience))
  const registry = connectRegistry(url)
  const ensure = async ({ subject, schema }: SubjectSpec): Promise<string> => {
    const text = JSON.stringify(schema)
    if (present.has(subject)) await registry.setCompatibility(subject, 'BACKWARD')
    const id = await registry.register(subject, text)
    if (!present.has(subject)) await registry.setCompatibility(subject, 'BACKWARD')
    return `${subject} has schema id ${id}`
  }
  return Promise.all(wanted.map(ensure))
}
