/**
 * Where the services of one environment answer, as plain data.
 * Not for connecting to them: that is src/connect.
 */

/** A login of a service. Never logged, never in a template. */
export type Login = { readonly username: string; readonly password: string }

/** Cassandra's native protocol endpoint and login. */
export type CassandraEndpoint = {
  readonly host: string
  readonly port: number
  readonly localDataCenter: string
  readonly login: Login
}

/** The AWS APIs: the emulator's address outside AWS. */
export type AwsEndpoint = { readonly endpoint: string; readonly region: string; readonly accountId: string }

/** Everything a tool needs to reach one environment. */
export type Endpoints = {
  /** Comma-joined host:port list. */
  readonly kafka: { readonly bootstrapServers: string }
  readonly cassandra: CassandraEndpoint
  /** Base URL of a registry that speaks Confluent's API. */
  readonly registry: { readonly url: string }
  readonly aws: AwsEndpoint
  /** Base URL of the bundled source. */
  readonly source: { readonly url: string }
}
