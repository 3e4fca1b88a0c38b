/**
 * The environment variables of functions: defined once; the infrastructure writes through this schema, functions parse it.
 */
import * as v from 'valibot'
import { SluiceError } from './errors.ts'

const text = v.pipe(v.string(), v.nonEmpty('text'))
const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/, 'a port number'))
const url = v.pipe(v.string(), v.url('a URL'))

const schema = v.object({
  /** Comma-joined host:port list. */
  KAFKA_BOOTSTRAP_SERVERS: text,
  CASSANDRA_HOST: text,
  CASSANDRA_PORT: port,
  CASSANDRA_LOCAL_DATA_CENTER: text,
  /** Name of the Secrets Manager secret with the login. */
  CASSANDRA_SECRET: text,
  REGISTRY_URL: url,
  /** Stands in for the URLs of the pipelines' sources; absent where these are reached themselves. */
  SOURCE_URL: v.optional(url),
})

/** The variables of a function by name. */
export type FunctionEnvironment = v.InferOutput<typeof schema>

/** Reads the variables from an environment. Fails with ENVIRONMENT_INVALID, naming the first wrong one. */
export function parseEnvironment(variables: Readonly<Record<string, string | undefined>>): FunctionEnvironment {
  const result = v.safeParse(schema, variables)
  if (result.success) return result.output
  const issue = result.issues[0]
  const name = v.getDotPath(issue) ?? ''
  const given = variables[name]
  const problem = given === undefined ? 'is not set' : `is ${JSON.stringify(given)}, but ${issue.message} is expected`
  throw new SluiceError('ENVIRONMENT_INVALID', `environment variable ${name} ${problem}: deploy the function again`)
}
