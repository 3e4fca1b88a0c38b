/**
 * What is deployed for one pipeline: its functions, the schedule of the first and the mappings of the others.
 */
import type { LayerVersion } from 'aws-cdk-lib/aws-lambda'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { consumerGroup, functionName, type Stage } from '../../src/core/names.ts'
import { type AnyTopic, type Pipeline, writersOf } from '../../src/core/pipeline.ts'
import { stageAccess, writerAccess } from '../access.ts'
import type { Bundle } from '../bundle.ts'
import { pipelineFile } from '../pipeline-files.ts'
import type { Services } from '../services.ts'
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts'
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
  /** What tells it from the others of its pipeline: the stage, or the job whose results it writes. */
  readonly label: string
  readonly functionName: string
  readonly mapping: EventSourceMapping
}

/** A function with its mapping, to be made. */
type MappedFunction = Pick<MappedStage, 'stage' | 'label'> &
  Pick<BundledFunctionProps, 'description' | 'bundle' | 'access'> & {
    /** The pipeline or job that names function and group. */
    readonly owner: string
    readonly constructId: string
    readonly from: AnyTopic
  }

/** At most so many records to one invocation; a backlog fills batches, and one record never waits for others. */
const batchSize = 500

/** A run asks a source that it does not control for many pages. */
const ingestTimeout = Duration.minutes(5)
/** A batch takes milliseconds; the rest is room for the drivers' own retries before the poller tries again. */
const batchTimeout = Duration.minutes(1)

/** A pipeline without `process` has no process function; its writer reads the source topic. Each job has a writer. */
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
    const bundle = (stage: Stage): Bundle => ({ entry: `${stage}.ts`, alias: { '#pipeline': pipelineFile(pipeline) } })
    this.ingest = new BundledFunction(this, 'Ingest', {
      name: functionName(name, 'ingest'),
      description: `Fetches ${source.url ?? `source ${name}`} into topic ${topic.name}`,
      bundle: bundle('ingest'),
      timeout: ingestTimeout,
      services,
      access: stageAccess(pipeline, 'ingest'),
      source: services.sourceOf(pipeline),
      layer,
    })
    this.schedule = new Schedule(this, 'Schedule', { pipeline: name, expression: source.schedule, ingest: this.ingest })

    const mapped = ({ stage, label, owner, constructId, from, ...own }: MappedFunction): MappedStage => {
      const fullName = functionName(owner, stage)
      const common = { timeout: batchTimeout, source: null, services, layer } as const
      const target = new BundledFunction(this, constructId, { ...common, ...own, name: fullName })
      const mapping = new EventSourceMapping(this, `${constructId}Mapping`, {
        properties: {
          FunctionName: fullName,
          Topics: [from.name],
          ...services.mappingSource(consumerGroup(owner, stage), from.partitions),
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: batchSize,
          MaximumBatchingWindowInSeconds: 0,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
        deployedAs: services.mappings,
        target,
      })
      return { stage, label, functionName: fullName, mapping }
    }
    const stages: MappedStage[] = []
    if (process) {
      stages.push(
        mapped({
          stage: 'process',
          label: 'process',
          owner: name,
          constructId: 'Process',
          from: topic,
          description: `Processes topic ${topic.name} into topic ${process.topic.name}`,
          bundle: bundle('process'),
          access: stageAccess(pipeline, 'process'),
        }),
      )
    }
    for (const writer of writersOf(pipeline)) {
      const ofJob = writer.name.slice(name.length + 1)
      stages.push(
        mapped({
          stage: 'write',
          label: ofJob || 'write',
          owner: writer.name,
          constructId: `Write${ofJob}`,
          from: writer.topic,
          description: `Writes topic ${writer.topic.name} to ${writer.tables.map((table) => table.name).join(', ')}`,
          bundle: { ...bundle('write'), texts: { writerName: writer.name } },
          access: writerAccess(writer),
        }),
      )
    }
    this.mapped = stages
  }
}
