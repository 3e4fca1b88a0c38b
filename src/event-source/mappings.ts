/**
 * Loads the deployed event source mappings: outside AWS each is one SSM parameter that holds the property object.
 * Not for checking their properties: see mapping.ts.
 */
import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm'
import { SluiceError } from '../core/errors.ts'
import { mappingParameterPath } from '../core/event-source-mapping.ts'
import { type Mapping, parseMapping } from './mapping.ts'

/**
 * All mappings below `path`, ordered by id, which is the parameter's name without the path.
 * Fails with MAPPING_INVALID on the first parameter that is none, and with the SDK's error when SSM does not answer.
 */
export async function loadMappings(ssm: SSMClient, path: string = mappingParameterPath): Promise<Mapping[]> {
  const mappings: Mapping[] = []
  let nextToken: string | undefined
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: path, Recursive: true, ...(nextToken ? { NextToken: nextToken } : {}) }),
    )
    for (const { Name: name = '', Value: value = '' } of page.Parameters ?? []) {
      const id = name.startsWith(path) ? name.slice(path.length) : name
      mappings.push(parseMapping(id, parseJson(name, value)))
    }
    nextToken = page.NextToken
  } while (nextToken)
  return mappings.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function parseJson(name: string, value: string): unknown {
  try {
    return JSON.parse(value)
  } catch (cause) {
    throw new SluiceError('MAPPING_INVALID', `SSM parameter "${name}" does not hold JSON`, { cause })
  }
}
