/**
 * What is deployed for one pipeline: its functions, the schedule of the first and the mappings of the others.
 */
import type { LayerVersion } from 'aws-cdk-lib/aws-lambda'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { cassandraSecretName, functionName, type Stage } from '../../src/core/names.ts'
import { type Pipeline, writtenTopic } from '../../src/core/pipeline.ts'
import { pipelineFile } from '../pipeline-files.ts'
import { functionEnvironment, type Settings } from '../settings.ts'
import { BundledFunction } from './bundled-function.ts'
import { EventSourceMapping } from './event-source-mapping.ts'
import { Schedule } from './schedule.ts'

export type PipelineFunctionsProps = {
  readonly pipeline: Pipeline
  readonly settings: Settings
  readonly layer: LayerVersion
}

/** A pipeline without `process` has no process function; its writer reads the source topic. */
export class PipelineFunctions extends Construct {
  constructor(scope: Construct, id: string, { pipeline, settings, layer }: PipelineFunctionsProps) {
    super(scope, id)
    const { name, source, topic } = pipeline
    const environment = functionEnvironment(settings)
    const bundled = (stage: Stage, constructId: string, timeout: Duration, description: string, more = {}) =>
      new BundledFunction(this, constructId, {
        name: functionName(name, stage),
        description,
        bundle: { entry: `${stage}.ts`, alias: { '#pipeline': pipelineFile(pipeline) } },
        timeout,
        environment: { ...environment, ...more },
        layer,
      })
    const mapping = (stage: 'process' | 'write', constructId: string, from: string, target: BundledFunction) =>
      new EventSourceMapping(this, constructId, {
        pipeline: name,
        stage,
        topic: from,
        bootstrapServers: settings.pollerBootstrapServers,
        target,
      })

    const ingest = bundled('ingest', 'Ingest', ingestTimeout, `Fetches ${source.url} into topic ${topic.name}`, {
      sourceUrl: settings.sourceUrl,
    })
    ingest.allowSecret(cassandraSecretName)
    new Schedule(this, 'Schedule', { pipeline: name, expression: source.schedule, ingest })

    if (pipeline.process) {
      const description = `Processes topic ${topic.name} into topic ${pipeline.process.topic.name}`
      mapping('process', 'ProcessMapping', topic.name, bundled('process', 'Process', batchTimeout, description))
    }

    const written = writtenTopic(pipeline).name
    const tables = pipeline.tables.map((table) => table.name).join(', ')
    const write = bundled('write', 'Write', batchTimeout, `Writes topic ${written} to ${tables}`)
    write.allowSecret(cassandraSecretName)
    mapping('write', 'WriteMapping', written, write)
  }
}

/** A run asks a source that it does not control for many pages. */
const ingestTimeout = Duration.minutes(5)
/** A batch takes milliseconds; the rest is room for the drivers' own retries before the poller tries again. */
const batchTimeout = Duration.minutes(1)
