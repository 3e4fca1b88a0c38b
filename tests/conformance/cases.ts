/**
 * All conformance cases, in the order of the page.
 */
import type { ConformanceCase } from './case.ts'
import { batchingCases } from './cases/batching.ts'
import { destinationCases } from './cases/destinations.ts'
import { eventCases } from './cases/event.ts'
import { filterCases } from './cases/filters.ts'
import { lifecycleCases } from './cases/lifecycle.ts'
import { orderCases } from './cases/order.ts'
import { partialCases } from './cases/partial.ts'
import { pollerCases } from './cases/pollers.ts'
import { positionCases } from './cases/positions.ts'
import { registryCases } from './cases/registry.ts'
import { retryCases } from './cases/retries.ts'

/** Every case; behaviours are unique. */
export const cases: readonly ConformanceCase[] = [
  ...eventCases,
  ...batchingCases,
  ...orderCases,
  ...positionCases,
  ...retryCases,
  ...partialCases,
  ...destinationCases,
  ...filterCases,
  ...registryCases,
  ...lifecycleCases,
  ...pollerCases,
]
