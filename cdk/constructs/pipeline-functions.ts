/**
 * What is deployed for one pipeline: its functions, the schedule of the first and the mappings of the others.
 */
import type { LayerVersion } from 'aws-cdk-lib/aws-lambda'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { consumerGroup, functionName, type Stage } from '../../src/core/names.ts'
import { type AnyTopic, type Pipeline, writtenTopic } from '../../src/core/pipeline.ts'
import { stageAccess } from '../access.ts'
import { pipelineFile } from '../pipeline-files.ts'
import type { Services } from '../services.ts'
import { BundledFunction } from './bundled-function.ts'
import { EventSourceMapping } from './event-source-mapping.ts'
import { Schedule } from './schedule.ts'

export type PipelineFunctionsProps = {
  readonly pipeline: Pipeline
  readonly services: Services
  readonly layer: LayerVersion
}

/** A stage that a mapping starts, as it is deployed. */
export type MappedStage = {
  readonly stage: 'process' | 'write'
  readonly mapping: EventSourceMapping
}

/** At most so many records to one invocation; a backlog fills batches, and one record never waits for others. */
const batchSize = 500

/** A run asks a source that it does not control for many pages. */
const ingestTimeout = Duration.minutes(5)
/** A batch takes milliseconds; the rest is room for the drivers' own retries before the poller tries again. */
const batchTimeout = Duration.minutes(1)

/** A pipeline without `process` has no process function; its writer reads the source topic. */
export class PipelineFunctions extends Construct {
  readonly pipeline: Pipeline
  readonly ingest: BundledFunction
  readonly schedule: Schedule
  /** In the order of the flow. */
  readonly mapped: readonly MappedStage[]

  constructor(scope: Construct, id: string, { pipeline, services, layer }: PipelineFunctionsProps) {
    super(scope, id)
    this.pipeline = pipeline
    const { name, source, topic, process } = pipeline
    const bundled = (stage: Stage, constructId: string, timeout: Duration, description: string) =>
      new BundledFunction(this, constructId, {
        name: functionName(name, stage),
        description,
        bundle: { entry: `${stage}.ts`, alias: { '#pipeline': pipelineFile(pipeline) } },
        timeout,
        services,
        access: stageAccess(pipeline, stage),
        source: stage === 'ingest' ? services.sourceOf(pipeline) : null,
        layer,
      })
    const mapped = (stage: 'process' | 'write', constructId: string, from: AnyTopic, target: BundledFunction) => ({
      stage,
      mapping: new EventSourceMapping(this, constructId, {
        properties: {
          FunctionName: functionName(name, stage),
          Topics: [from.name],
          ...services.mappingSource(consumerGroup(name, stage), from.partitions),
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: batchSize,
          MaximumBatchingWindowInSeconds: 0,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
        deployedAs: services.mappings,
        target,
      }),
    })

    this.ingest = bundled(
      'ingest',
      'Ingest',
      ingestTimeout,
      `Fetches ${source.url ?? `source ${name}`} into topic ${topic.name}`,
    )
    this.schedule = new Schedule(this, 'Schedule', {
      pipeline: name,
      expression: source.schedule,
      ingest: this.ingest,
    })
    const stages: MappedStage[] = []
    if (process) {
      const description = `Processes topic ${topic.name} into topic ${process.topic.name}`
      stages.push(mapped('process', 'ProcessMapping', topic, bundled('process', 'Process', batchTimeout, description)))
    }
    const written = writtenTopic(pipeline)
    const tables = pipeline.tables.map((table) => table.name).join(', ')
    const description = `Writes topic ${written.name} to ${tables}`
    stages.push(mapped('write', 'WriteMapping', written, bundled('write', 'Write', batchTimeout, description)))
    this.mapped = stages
  }
}
