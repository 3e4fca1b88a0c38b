/**
 * Reads a partial batch response strictly: which records of a batch the function reports as failed.
 * Not for what follows from it: see delivery.ts.
 * Source: AWS Lambda Developer Guide, "Configuring partial batch response with … Kafka".
 */

import { isObject } from './property-checks.ts'

/** The function's word on a batch. `malformed` counts as a failure of the whole batch. */
export type BatchVerdict =
  | { readonly kind: 'success' }
  /** Failed offsets by `topic-partition`; never empty. */
  | { readonly kind: 'partial'; readonly failed: ReadonlyMap<string, ReadonlySet<number>> }
  | { readonly kind: 'malformed'; readonly reason: string }

/**
 * Parses the response payload. `contains` tells whether the event held a record.
 * Success: nothing, null, `{}`, and a `batchItemFailures` that is null or empty. Anything else that is no list of
 * identifiers of the event is malformed, another object included: a misspelt key must not settle failed records.
 */
export function parseBatchResponse(
  payload: string,
  contains: (partition: string, offset: number) => boolean,
): BatchVerdict {
  if (payload === '') return { kind: 'success' }
  let response: unknown
  try {
    response = JSON.parse(payload)
  } catch {
    return malformed('the response is not JSON')
  }
  if (response === null) return { kind: 'success' }
  if (!isObject(response)) return malformed('the response is not an object')
  if (!('batchItemFailures' in response)) {
    return Object.keys(response).length === 0
      ? { kind: 'success' }
      : malformed('the response has keys, and batchItemFailures is not among them')
  }
  const items = response.batchItemFailures
  if (items === null) return { kind: 'success' }
  if (!Array.isArray(items)) return malformed('batchItemFailures is not a list')
  if (items.length === 0) return { kind: 'success' }
  const failed = new Map<string, Set<number>>()
  for (const item of items as unknown[]) {
    const identifier = isObject(item) ? item.itemIdentifier : undefined
    if (!isObject(identifier)) return malformed('an entry of batchItemFailures has no itemIdentifier object')
    const { partition, offset } = identifier
    if (typeof partition !== 'string' || typeof offset !== 'number') {
      return malformed('an itemIdentifier is not a partition string and an offset number')
    }
    if (!contains(partition, offset)) return malformed('an itemIdentifier names a record that the event does not hold')
    const offsets = failed.get(partition)
    if (offsets) offsets.add(offset)
    else failed.set(partition, new Set([offset]))
  }
  return { kind: 'partial', failed }
}

const malformed = (reason: string): BatchVerdict => ({ kind: 'malformed', reason })
