/**
 * Finds the deployed event source mappings: outside AWS each is one SSM parameter that holds the property object, and
 * what an operator wants of it is another one. Reads them once, or follows them.
 * Not for acting on them: see poller.ts.
 */
import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm'
import { SluiceError } from '../core/errors.ts'
import { mappingParameterPath, mappingStateParameterPath } from '../core/event-source-mapping.ts'
import { pause } from './backoff.ts'
import { type DeployedMapping, deployedMapping } from './deployed-mapping.ts'
import type { Mapping } from './mapping.ts'
import { defaultSettings } from './settings.ts'

/** Follows the deployed mappings: yields all of them at first and after each look. Ends when the signal aborts. */
export type MappingSource = (signal: AbortSignal) => AsyncIterable<readonly DeployedMapping[] | Error>

/** All deployed mappings, ordered by id, the refused ones included. Fails with the SDK's error when SSM does not answer. */
export async function readMappings(ssm: SSMClient): Promise<DeployedMapping[]> {
  const [definitions, states] = await Promise.all([
    parametersBelow(ssm, mappingParameterPath),
    parametersBelow(ssm, mappingStateParameterPath),
  ])
  const ids = [...definitions.keys()].sort()
  return ids.map((id) => {
    const properties = () => parseJson(mappingParameterPath + id, definitions.get(id) ?? '')
    const word = states.get(id)
    const wanted = word === 'enabled' ? true : word === 'disabled' ? false : null
    const found = deployedMapping(id, properties, wanted)
    if (word === undefined || wanted !== null) return found
    const name = mappingStateParameterPath + id
    return { ...found, mapping: null, problem: `SSM parameter "${name}" is "${word}", allowed is enabled or disabled` }
  })
}

/** All deployed mappings, ordered by id. Fails with MAPPING_INVALID on the first that is none, else as {@link readMappings}. */
export async function loadMappings(ssm: SSMClient): Promise<Mapping[]> {
  const found = await readMappings(ssm)
  return found.map(({ mapping, problem }) => {
    if (!mapping) throw new SluiceError('MAPPING_INVALID', problem ?? '')
    return mapping
  })
}

/**
 * A source that looks at SSM in an interval. The first look must succeed, else it fails with the SDK's error; a later
 * one that fails yields its error, and the mappings known go on.
 */
export function watchMappings(ssm: SSMClient, intervalMs: number = defaultSettings.watchIntervalMs): MappingSource {
  return async function* (signal) {
    yield await readMappings(ssm)
    for (;;) {
      await pause(intervalMs, signal)
      if (signal.aborted) return
      yield await readMappings(ssm).catch((error: Error) => error)
    }
  }
}

/** Values by name without the path. */
async function parametersBelow(ssm: SSMClient, path: string): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  let nextToken: string | undefined
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: path, Recursive: true, ...(nextToken ? { NextToken: nextToken } : {}) }),
    )
    for (const { Name: name = '', Value: value = '' } of page.Parameters ?? []) {
      values.set(name.startsWith(path) ? name.slice(path.length) : name, value)
    }
    nextToken = page.NextToken
  } while (nextToken)
  return values
}

function parseJson(name: string, value: string): unknown {
  try {
    return JSON.parse(value)
  } catch (cause) {
    throw new SluiceError('MAPPING_INVALID', `SSM parameter "${name}" does not hold JSON`, { cause })
  }
}
