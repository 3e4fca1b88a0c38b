/**
 * Where the services of one environment answer, as plain data.
 * Not for connecting to them: that is src/connect.
 */

/** A login of a service. Never logged, never in a template. */
export type Login = { readonly username: string; readonly password: string }

/** Transport and authentication of Kafka's clients; all but `plaintext` speak TLS. */
export type KafkaSecurity =
  | { readonly kind: 'plaintext' }
  | {
      readonly kind: 'scram'
      readonly mechanism: 'scram-sha-256' | 'scram-sha-512'
      readonly login: Login
      /** PEM of the authority to trust in place of the public ones. */
      readonly ca?: string
    }
  /** SASL/PLAIN: the broker sees the password itself. */
  | { readonly kind: 'plain'; readonly login: Login; readonly ca?: string }
  /** TLS alone: the client does not say who it is. */
  | { readonly kind: 'encrypted'; readonly ca?: string }
  /** The client's own certificate, PEM each. */
  | {
      readonly kind: 'tls'
      readonly certificate: string
      readonly privateKey: string
      readonly passphrase?: string
      readonly ca?: string
    }
  /** MSK's IAM authentication, with the credentials of the process. */
  | { readonly kind: 'iam'; readonly region: string }

/** Cassandra's native protocol endpoint and login. */
export type CassandraEndpoint = {
  readonly host: string
  readonly port: number
  readonly localDataCenter: string
  readonly login: Login
  /** PEM of the authority to trust; TLS is spoken where it is given. */
  readonly ca?: string
}

/** Amazon Keyspaces of a region, with the credentials of the process. */
export type KeyspacesEndpoint = { readonly region: string }

/** A schema registry: one that speaks Confluent's HTTP API, or one of AWS Glue. */
export type RegistryEndpoint =
  | {
      readonly url: string
      readonly login?: Login
      /** What TLS needs besides the public authorities, PEM each. */
      readonly tls?: {
        readonly ca?: string
        readonly certificate?: string
        readonly privateKey?: string
        readonly passphrase?: string
      }
    }
  | { readonly glueRegistry: string; readonly region: string; readonly endpoint?: string }

/** The AWS APIs: the emulator's address outside AWS. */
export type AwsEndpoint = { readonly endpoint: string; readonly region: string; readonly accountId: string }

/** Everything a tool needs to reach one environment. */
export type Endpoints = {
  /** Comma-joined host:port list; plaintext unless told otherwise. */
  readonly kafka: { readonly bootstrapServers: string; readonly security?: KafkaSecurity }
  readonly cassandra: CassandraEndpoint
  /** Base URL of a registry that speaks Confluent's API. */
  readonly registry: { readonly url: string }
  readonly aws: AwsEndpoint
  /** Base URL of the bundled source. */
  readonly source: { readonly url: string }
  /** Base URL of the Spark Connect server. */
  readonly spark: { readonly url: string }
}
