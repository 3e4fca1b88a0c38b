/**
 * A Kafka cluster as functions, mappings and jobs see it.
 * Not for making one: see stacks/streaming-stack.ts.
 */

/** How clients prove to the brokers who they are: by their role, or by a login in a secret that a key encrypts. */
export type BrokerAccess =
  | { readonly kind: 'iam' }
  | { readonly kind: 'scram'; readonly secretArn: string; readonly keyArn: string }

/** A cluster that functions and mappings use. */
export type Cluster = {
  readonly arn: string
  readonly access: BrokerAccess
  /** Comma-joined host:port list. */
  readonly bootstrapServers: string
}
