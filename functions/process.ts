/**
 * Lambda entry point of a pipeline's process stage: started by an event source mapping on its topic.
 */
import { pipeline } from '#pipeline'
import { lambdaHandler } from '../src/runtime/handler.ts'
import { processHandler } from '../src/runtime/process.ts'
import { processConnections } from '../src/runtime/process-connections.ts'

export const handler = lambdaHandler(processHandler(pipeline, processConnections(pipeline.name)))
