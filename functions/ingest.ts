/**
 * Lambda entry point of a pipeline's ingest: started by its schedule.
 */
import { pipeline } from '#pipeline'
import { connectionsFromEnvironment } from '../src/runtime/connections.ts'
import { lambdaHandler } from '../src/runtime/handler.ts'
import { ingestHandler } from '../src/runtime/ingest.ts'

export const handler = lambdaHandler(ingestHandler(pipeline, connectionsFromEnvironment()))
