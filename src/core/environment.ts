/**
 * The environment variables of functions: defined once; the infrastructure renders them, functions parse them.
 * Not for credentials: a variable names the secret at most.
 */
import {
  type GenericSchema,
  getDotPath,
  nonEmpty,
  object,
  optional,
  picklist,
  pipe,
  regex,
  safeParse,
  string,
  url,
} from 'valibot'
import { SluiceError } from './errors.ts'

/** How a function proves to Kafka who it is: not at all, by its role, or by a login in a secret. */
export type KafkaAccess =
  | { readonly kind: 'plaintext' }
  /** MSK's IAM authentication over TLS. */
  | { readonly kind: 'iam'; readonly region: string }
  /** SASL/SCRAM-SHA-512 over TLS with the login in a Secrets Manager secret, by name or ARN. */
  | { readonly kind: 'scram'; readonly secret: string }

/** Which Cassandra, and how to prove who one is. */
export type CassandraAccess =
  | {
      readonly kind: 'cassandra'
      readonly host: string
      readonly port: number
      readonly localDataCenter: string
      /** Name of the Secrets Manager secret with the login. */
      readonly secret: string
    }
  /** Amazon Keyspaces of a region, by the function's role. */
  | { readonly kind: 'keyspaces'; readonly region: string }

/** Which schema registry. */
export type RegistryAccess =
  /** One that speaks Confluent's HTTP API. */
  | { readonly kind: 'confluent'; readonly url: string }
  /** A registry of AWS Glue by name, by the function's role. */
  | { readonly kind: 'glue'; readonly name: string; readonly region: string }

/** What a function is told about where it runs. */
export type FunctionEnvironment = {
  /** Comma-joined host:port list. */
  readonly bootstrapServers: string
  readonly kafka: KafkaAccess
  readonly cassandra: CassandraAccess
  readonly registry: RegistryAccess
  /** Stands in for the URLs of the pipelines' sources; null where these are reached themselves. */
  readonly sourceUrl: string | null
}

const text = pipe(string(), nonEmpty('text'))
const port = pipe(string(), regex(/^\d{1,5}$/, 'a port number'))
const absoluteUrl = pipe(string(), url('a URL'))
const kinds = <const T extends readonly string[]>(allowed: T) => picklist(allowed, allowed.join(' or '))

const iamVariables = object({ KAFKA_REGION: text })
const scramVariables = object({ KAFKA_SECRET: text })
const cassandraVariables = object({
  CASSANDRA_HOST: text,
  CASSANDRA_PORT: port,
  CASSANDRA_LOCAL_DATA_CENTER: text,
  CASSANDRA_SECRET: text,
})
const keyspacesVariables = object({ KEYSPACES_REGION: text })
const confluentVariables = object({ REGISTRY_URL: absoluteUrl })
const glueVariables = object({ GLUE_REGISTRY: text, GLUE_REGION: text })
const commonVariables = object({
  KAFKA_BOOTSTRAP_SERVERS: text,
  KAFKA_ACCESS: kinds(['plaintext', 'iam', 'scram']),
  CASSANDRA_ACCESS: kinds(['cassandra', 'keyspaces']),
  REGISTRY_ACCESS: kinds(['confluent', 'glue']),
  SOURCE_URL: optional(absoluteUrl),
})

type Variables = Readonly<Record<string, string | undefined>>

/** Reads what {@link renderEnvironment} wrote. Fails with ENVIRONMENT_INVALID, naming the first wrong variable. */
export function parseEnvironment(variables: Variables): FunctionEnvironment {
  const common = parse(commonVariables, variables)
  return {
    bootstrapServers: common.KAFKA_BOOTSTRAP_SERVERS,
    kafka: kafkaAccess(common.KAFKA_ACCESS, variables),
    cassandra: cassandraAccess(common.CASSANDRA_ACCESS, variables),
    registry: registryAccess(common.REGISTRY_ACCESS, variables),
    sourceUrl: common.SOURCE_URL ?? null,
  }
}

/** The variables of a function. */
export function renderEnvironment(environment: FunctionEnvironment): Record<string, string> {
  const { bootstrapServers, kafka, cassandra, registry, sourceUrl } = environment
  return {
    KAFKA_BOOTSTRAP_SERVERS: bootstrapServers,
    KAFKA_ACCESS: kafka.kind,
    ...(kafka.kind === 'iam' ? { KAFKA_REGION: kafka.region } : {}),
    ...(kafka.kind === 'scram' ? { KAFKA_SECRET: kafka.secret } : {}),
    CASSANDRA_ACCESS: cassandra.kind,
    ...(cassandra.kind === 'keyspaces'
      ? { KEYSPACES_REGION: cassandra.region }
      : {
          CASSANDRA_HOST: cassandra.host,
          CASSANDRA_PORT: String(cassandra.port),
          CASSANDRA_LOCAL_DATA_CENTER: cassandra.localDataCenter,
          CASSANDRA_SECRET: cassandra.secret,
        }),
    REGISTRY_ACCESS: registry.kind,
    ...(registry.kind === 'glue'
      ? { GLUE_REGISTRY: registry.name, GLUE_REGION: registry.region }
      : { REGISTRY_URL: registry.url }),
    ...(sourceUrl === null ? {} : { SOURCE_URL: sourceUrl }),
  }
}

function kafkaAccess(kind: KafkaAccess['kind'], variables: Variables): KafkaAccess {
  if (kind === 'iam') return { kind, region: parse(iamVariables, variables).KAFKA_REGION }
  if (kind === 'scram') return { kind, secret: parse(scramVariables, variables).KAFKA_SECRET }
  return { kind }
}

function cassandraAccess(kind: CassandraAccess['kind'], variables: Variables): CassandraAccess {
  if (kind === 'keyspaces') return { kind, region: parse(keyspacesVariables, variables).KEYSPACES_REGION }
  const own = parse(cassandraVariables, variables)
  return {
    kind,
    host: own.CASSANDRA_HOST,
    port: Number(own.CASSANDRA_PORT),
    localDataCenter: own.CASSANDRA_LOCAL_DATA_CENTER,
    secret: own.CASSANDRA_SECRET,
  }
}

function registryAccess(kind: RegistryAccess['kind'], variables: Variables): RegistryAccess {
  if (kind === 'confluent') return { kind, url: parse(confluentVariables, variables).REGISTRY_URL }
  const { GLUE_REGISTRY: name, GLUE_REGION: region } = parse(glueVariables, variables)
  return { kind, name, region }
}

function parse<T>(schema: GenericSchema<unknown, T>, variables: Variables): T {
  const result = safeParse(schema, variables)
  if (result.success) return result.output
  const issue = result.issues[0]
  const name = getDotPath(issue) ?? ''
  const given = variables[name]
  const problem = given === undefined ? 'is not set' : `is ${JSON.stringify(given)}, but ${issue.message} is expected`
  throw new SluiceError('ENVIRONMENT_INVALID', `environment variable ${name} ${problem}: deploy the function again`)
}
