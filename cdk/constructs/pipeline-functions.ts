/**
 * What is deployed for one pipeline: its functions, the schedule of the first and the mappings of the others.
 */
import type { LayerVersion } from 'aws-cdk-lib/aws-lambda'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { functionName, type Stage } from '../../src/core/names.ts'
import type { Pipeline } from '../../src/core/pipeline.ts'
import { stageMappings } from '../../src/core/stage-mapping.ts'
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

/** A mapping as it is deployed. */
export type DeployedMapping = { readonly label: string; readonly mapping: EventSourceMapping }

/** At most so many records to one invocation; a backlog fills batches, and one record never waits for others. */
const batchSize = 500

/** A run asks a source that it does not control for many pages. */
const ingestTimeout = Duration.minutes(5)
/** A batch takes milliseconds; the rest is room for the drivers' own retries before the poller tries again. */
const batchTimeout = Duration.minutes(1)

const mappedStages = {
  process: { constructId: 'Process', verb: 'Processes' },
  write: { constructId: 'Write', verb: 'Writes' },
} as const

/** A pipeline without `process` has no process function; its writer reads the source topic. */
export class PipelineFunctions extends Construct {
  readonly pipeline: Pipeline
  readonly ingest: BundledFunction
  /** Null where the pipeline has no process stage. */
  readonly process: BundledFunction | null
  readonly schedule: Schedule
  /** In the order of the flow. */
  readonly mappings: readonly DeployedMapping[]

  constructor(scope: Construct, id: string, { pipeline, services, layer }: PipelineFunctionsProps) {
    super(scope, id)
    this.pipeline = pipeline
    const { name, source, topic } = pipeline
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

    this.ingest = bundled(
      'ingest',
      'Ingest',
      ingestTimeout,
      `Fetches ${source.url ?? `source ${name}`} into topic ${topic.name}`,
    )
    this.schedule = new Schedule(this, 'Schedule', { pipeline: name, expression: source.schedule, ingest: this.ingest })

    let processing: BundledFunction | null = null
    const byStage = Map.groupBy(stageMappings(pipeline), (mapping) => mapping.stage)
    this.mappings = [...byStage].flatMap(([stage, mappings]) => {
      const { constructId, verb } = mappedStages[stage]
      const description = `${verb} ${mappings.map((mapping) => mapping.topic.name).join(', ')}`
      const target = bundled(stage, constructId, batchTimeout, description)
      if (stage === 'process') processing = target
      return mappings.map(({ id: group, label, topic: from, functionName }) => ({
        label,
        mapping: new EventSourceMapping(this, `${label === stage ? constructId : label}Mapping`, {
          name: group,
          properties: {
            FunctionName: functionName,
            Topics: [from.name],
            ...services.mappingSource(group, from.partitions),
            StartingPosition: 'TRIM_HORIZON',
            BatchSize: batchSize,
            MaximumBatchingWindowInSeconds: 0,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          },
          deployedAs: services.mappings,
          target,
        }),
      }))
    })
    this.process = processing
  }
}
