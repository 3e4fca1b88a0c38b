/**
 * Client of a schema registry that speaks Confluent's HTTP API, the few calls that Sluice makes.
 * Source: Confluent Platform, "Schema Registry API Reference".
 */
import { array, type GenericSchema, is, number, object, optional, picklist, safeParse, string, unknown } from 'valibot'
import type { RegistryEndpoint } from '../core/endpoints.ts'
import { SluiceError } from '../core/errors.ts'
import type { SchemaId } from '../core/wire-format.ts'
import { requestJson } from './http-json.ts'
import type { RegisteredSchema, SchemaLookup, SchemaRegistry } from './schema-registry.ts'

type Endpoint = Extract<RegistryEndpoint, { readonly url: string }>
type Answer = { status: number; body: unknown }

const failure = object({ error_code: number() })
const schemaAnswer = object({
  schema: string(),
  /** Left out for Avro. */
  schemaType: optional(picklist(['AVRO', 'PROTOBUF', 'JSON']), 'AVRO'),
})
const idAnswer = object({ id: number() })
const subjectsAnswer = array(string())
const versionsAnswer = array(number())

/** Calls of the API, and what their answers mean. */
function callsOf({ url, login, tls }: Endpoint, timeoutMs: number) {
  const base = url.replace(/\/$/, '')
  const credentials = login && Buffer.from(`${login.username}:${login.password}`).toString('base64')
  const headers = {
    'content-type': 'application/vnd.schemaregistry.v1+json',
    ...(credentials ? { authorization: `Basic ${credentials}` } : {}),
  }
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const text = body === undefined ? {} : { body: JSON.stringify(body) }
      return await requestJson(base + path, { method, headers, signal, ...text }, tls)
    } catch (cause) {
      throw new SluiceError('REGISTRY_UNAVAILABLE', `the schema registry at ${base} did not answer ${method} ${path}`, {
        cause,
      })
    }
  }
  /** A 404 counts only with the registry's own code: a proxy's would turn every record into a dead letter. */
  const isUnknown = ({ status, body }: Answer) => status === 404 && is(failure, body)
  const expectOk = <T>({ status, body }: Answer, form: GenericSchema<unknown, T>, what: string): T => {
    const parsed = safeParse(form, body)
    if (status === 200 && parsed.success) return parsed.output
    const problem = status === 200 ? 'with something else than is asked for' : `with status ${status}`
    throw new SluiceError('REGISTRY_UNAVAILABLE', `the schema registry at ${base} answered ${what} ${problem}`)
  }
  return { base, call, isUnknown, expectOk }
}

/** A client that finds schemas; `timeoutMs` bounds each call. Schema ids are positive integers. */
export function confluentLookup(endpoint: Endpoint, timeoutMs: number): SchemaLookup {
  const { base, call, isUnknown, expectOk } = callsOf(endpoint, timeoutMs)
  const registeredSchema = async (id: SchemaId): Promise<RegisteredSchema> => {
    if (typeof id === 'string') {
      throw new SluiceError('SCHEMA_UNKNOWN', `schema id ${id} is one of AWS Glue, and the registry at ${base} is none`)
    }
    const answer = await call('GET', `/schemas/ids/${id}`)
    if (isUnknown(answer)) throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no schema with id ${id}`)
    const { schema, schemaType } = expectOk(answer, schemaAnswer, `the request for schema ${id}`)
    return { text: schema, dataFormat: schemaType }
  }
  return {
    registeredSchema,
    schemaById: async (id) => (await registeredSchema(id)).text,
    async idOf(subject, schema) {
      const answer = await call('POST', `/subjects/${encodeURIComponent(subject)}`, { schema })
      if (isUnknown(answer)) {
        throw new SluiceError(
          'SCHEMA_UNKNOWN',
          `the registry does not hold this schema of "${subject}": deploy the app`,
        )
      }
      return expectOk(answer, idAnswer, `the look-up of "${subject}"`).id
    },
  }
}

/** A client of the registry; as {@link confluentLookup}. */
export function connectConfluentRegistry(endpoint: Endpoint, timeoutMs: number): SchemaRegistry {
  const { call, isUnknown, expectOk } = callsOf(endpoint, timeoutMs)
  return {
    ...confluentLookup(endpoint, timeoutMs),
    async register(subject, schema) {
      const answer = await call('POST', `/subjects/${encodeURIComponent(subject)}/versions`, { schema })
      if (answer.status === 409) {
        throw new SluiceError(
          'SCHEMA_INCOMPATIBLE',
          `the registry refused the new schema of subject "${subject}" as incompatible with the versions it holds`,
        )
      }
      return expectOk(answer, idAnswer, `the registration of "${subject}"`).id
    },
    async versions(subject) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`
      const listed = await call('GET', path)
      if (isUnknown(listed)) throw new SluiceError('SCHEMA_UNKNOWN', `the registry has no subject "${subject}"`)
      const numbers = expectOk(listed, versionsAnswer, `the request for the versions of "${subject}"`)
      const textOf = async (version: number) => {
        const what = `the request for version ${version} of "${subject}"`
        return expectOk(await call('GET', `${path}/${version}`), schemaAnswer, what).schema
      }
      return Promise.all(numbers.sort((a, b) => a - b).map(textOf))
    },
    async setCompatibility(subject, level) {
      const answer = await call('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: level })
      expectOk(answer, unknown(), `the compatibility of "${subject}"`)
    },
    async latestId(subject) {
      const answer = await call('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`)
      return isUnknown(answer) ? null : expectOk(answer, idAnswer, `the latest schema of "${subject}"`).id
    },
    async subjects() {
      return expectOk(await call('GET', '/subjects'), subjectsAnswer, 'the request for all subjects')
    },
  }
}
