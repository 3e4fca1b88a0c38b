/**
 * What every route of the console works with.
 */
import type { Pipeline } from '../../core/pipeline.ts'
import type { Clients } from '../../operations/clients.ts'
import type { EventSourcePlace } from '../../operations/event-sources/event-sources.ts'
import type { FlowWatch } from '../../operations/flow/flow.ts'

/** An environment with what watches it. */
export type ConsoleContext = {
  readonly environment: string
  readonly pipelines: readonly Pipeline[]
  readonly clients: Clients
  /** Its endpoints and its folder. */
  readonly place: EventSourcePlace
  readonly flow: FlowWatch
  /** Names this start of the server: numbers of events count within it. */
  readonly epoch: string
  /** Aborts when the server stops. */
  readonly signal: AbortSignal
}
