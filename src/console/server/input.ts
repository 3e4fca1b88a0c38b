/**
 * What requests may carry: parsed once, with a failure that names what is allowed.
 */
import type { Env, MiddlewareHandler } from 'hono'
import { validator } from 'hono/validator'
import * as v from 'valibot'
import { SluiceError } from '../../core/errors.ts'

/** What a request carries, as clients give it and as routes get it. */
type Carrying<Where extends 'query' | 'json', S extends v.GenericSchema> = MiddlewareHandler<
  Env,
  string,
  { in: { [W in Where]: v.InferInput<S> }; out: { [W in Where]: v.InferOutput<S> } }
>

/** The query of a request. Fails with ARGUMENT_INVALID. */
export function query<S extends v.GenericSchema>(schema: S): Carrying<'query', S> {
  return validator('query', (given: unknown) => parsed(schema, given)) as unknown as Carrying<'query', S>
}

/** The JSON body of a request. Fails with ARGUMENT_INVALID. */
export function body<S extends v.GenericSchema>(schema: S): Carrying<'json', S> {
  return validator('json', (given: unknown) => parsed(schema, given)) as unknown as Carrying<'json', S>
}

/** A value of the schema. Fails with ARGUMENT_INVALID, naming the field. */
export function parsed<S extends v.GenericSchema>(schema: S, given: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, given)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new SluiceError('ARGUMENT_INVALID', `${v.getDotPath(issue) ?? 'the request'} is not allowed: ${issue.message}`)
}

/** A whole number from 0, as text. */
export const wholeNumber = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'a whole number from 0'), v.transform(Number))

/** A whole number from 1 to `most`, as text; `usual` unless given. */
export function count(most: number, usual: number) {
  return v.optional(v.pipe(wholeNumber, v.minValue(1), v.maxValue(most)), String(usual))
}
