/**
 * Starting a run by hand: what the schedule does, now.
 */
import { randomUUID } from 'node:crypto'
import type { AwsEndpoint } from '../../core/endpoints.ts'
import { SluiceError } from '../../core/errors.ts'
import { functionName } from '../../core/names.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { RunSummary } from '../../runtime/ingest.ts'
import type { IngestEvent } from '../../runtime/run-request.ts'
import { invoke } from '../invoke.ts'

export type { RunSummary }

/** What a run by hand may say otherwise than the schedule. */
export type TriggerOptions = {
  /** How many values at most; the pipeline's own number unless given. */
  readonly records?: number
  /** Asks the source for the same data each time, and leaves the pipeline's cursor alone. */
  readonly seed?: string
}

/** Runs a pipeline's ingest once and waits until it published. Fails with INVOKE_FAILED, quoting the function's error. */
export function trigger(aws: AwsEndpoint, pipeline: Pipeline, options: TriggerOptions = {}): Promise<RunSummary> {
  return startRun(aws, pipeline, { id: randomUUID(), time: new Date().toISOString(), run: options })
}

/** Runs a pipeline's ingest for an event, as {@link trigger} does. */
export async function startRun(aws: AwsEndpoint, pipeline: Pipeline, event: IngestEvent): Promise<RunSummary> {
  const name = functionName(pipeline.name, 'ingest')
  const { failed, payload } = await invoke(aws, name, event)
  if (!failed) return payload as RunSummary
  const { errorMessage = 'no message' } = payload as { errorMessage?: string }
  throw new SluiceError('INVOKE_FAILED', `function "${name}" failed: ${errorMessage}`)
}
