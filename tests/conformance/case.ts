/**
 * The form of a conformance case: one behaviour that AWS documents, and what shows it.
 */
import type { Feature } from './emulators.ts'
import type { Scene } from './scene.ts'

/** One behaviour. */
export type ConformanceCase = {
  /** A sentence in present tense; it names the case. */
  readonly behaviour: string
  /** The page of the AWS Lambda Developer Guide, or of another guide, that says so; `inferred` where none does. */
  readonly source: string
  readonly feature: Feature
  /** Shows it on a topic of its own; fails when it does not hold. */
  run(scene: Scene): Promise<void>
}

/** Pages of the AWS Lambda Developer Guide, unless another guide is named. */
export const pages = {
  kafka: 'Using Lambda with self-managed Apache Kafka',
  event: 'Self-managed Apache Kafka example event',
  parameters: 'Configuring event source mappings: Kafka parameters',
  batching: 'Batching behavior of event source mappings',
  polling: 'Polling and stream starting positions',
  group: 'Customizable consumer group ID',
  scaling: 'Apache Kafka event poller scaling modes',
  errors: 'Configuring error handling controls for Kafka event sources',
  onFailure: 'Capturing discarded batches for Kafka event sources',
  onFailureTopic: 'Using a Kafka topic as an on-failure destination',
  filtering: 'Filtering events from Kafka event sources',
  patterns: 'EventBridge User Guide: Comparison operators for use in event patterns',
  registry: 'Using schema registries with Kafka event sources in Lambda',
  metrics: 'Event source mapping metrics',
  api: 'Lambda API Reference: EventSourceMappingConfiguration',
  inferred: 'inferred',
} as const
