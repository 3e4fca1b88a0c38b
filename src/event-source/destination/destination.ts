/**
 * The port through which records that were given up leave, and the choice of its adapter.
 * Not for deciding what is given up: see failure.ts.
 */
import type { SourceAccess } from '../access-properties.ts'
import type { DiscardCondition } from '../discard-condition.ts'
import type { Batch, EventWriter } from '../event.ts'
import type { Invocation } from '../invoker.ts'

/** Where given up records go: an ARN, or a topic of the source's own cluster. */
export type DestinationAddress =
  | { readonly kind: 'sqs' | 'sns' | 's3'; readonly arn: string }
  | { readonly kind: 'kafka'; readonly topic: string }

/** Records that were given up together. */
export type DiscardedBatch = {
  readonly batch: Batch
  readonly condition: DiscardCondition
  /** Invocations that had these records. */
  readonly invocations: number
  /** The last of them; null when there was none. */
  readonly lastInvocation: Invocation | null
}

/** Takes records that were given up. */
export type OnFailureDestination = {
  /** Resolves when the destination has them for good; a repeated call may leave them twice. Rejects otherwise. */
  send(discarded: DiscardedBatch): Promise<void>
  /** Lets go of what it holds. Never rejects. */
  close(): Promise<void>
}

/** What a destination has to know of its mapping. */
export type FailureSource = {
  readonly mappingId: string
  readonly functionName: string
  readonly topic: string
  readonly bootstrapServers: readonly string[]
  /** Null for a self-managed source. */
  readonly eventSourceArn: string | null
  readonly access: SourceAccess
  readonly writer: EventWriter
}

/** Opens the destination of one mapping; nothing is connected before the first record. */
export type OpenDestination = (address: DestinationAddress, source: FailureSource) => OnFailureDestination
