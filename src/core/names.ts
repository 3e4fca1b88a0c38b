/**
 * The names under which parts of a pipeline are deployed, derived from the pipeline's own.
 */

/** The keyspace of all tables. */
export const keyspace = 'sluice'

/** The Secrets Manager secret with Cassandra's login: `{"username","password"}`. */
export const cassandraSecretName = 'sluice/cassandra'

/** A hop of a pipeline that runs as a function. */
export type Stage = 'ingest' | 'process' | 'write'

/** The Lambda function of a stage. */
export function functionName(pipeline: string, stage: Stage): string {
  return `sluice-${pipeline}-${stage}`
}

/** The file that a pipeline is defined in, from the clone's folder. */
export function pipelineFileName(pipeline: string): string {
  return `pipelines/${pipeline}.ts`
}

/** The consumer group of a stage that reads a topic. */
export function consumerGroup(pipeline: string, stage: 'process' | 'write'): string {
  return functionName(pipeline, stage)
}

/** What the groups begin with under which a process function reads records back; the broker forgets each of them. */
export function windowGroupPrefix(pipeline: string): string {
  return `${consumerGroup(pipeline, 'process')}-window-`
}

/** The EventBridge rule that starts a pipeline's runs. */
export function ruleName(pipeline: string): string {
  return `sluice-${pipeline}-schedule`
}

/** The function that judges runs, and the rule that starts it. */
export const judgeName = 'sluice-verify'

/** How groups begin that read topics beside the stages: each is deleted when its reader ends. */
export const readerGroupPrefix = 'sluice-reader-'

/** The topic of the dead letters of a topic. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dlt`
}

/** The topic of the dead letters that were redriven in vain. */
export function parkingTopic(topic: string): string {
  return `${topic}.parked`
}

/** The registry subject of a topic's values. */
export function valueSubject(topic: string): string {
  return `${topic}-value`
}
