/**
 * Lambda entry point of a pipeline's write stage: started by event source mappings on the topics that it writes.
 */
import { pipeline } from '#pipeline'
import { connectionsFromEnvironment } from '../src/runtime/connections.ts'
import { lambdaHandler } from '../src/runtime/handler.ts'
import { writeHandler } from '../src/runtime/write.ts'

export const handler = lambdaHandler(writeHandler(pipeline, connectionsFromEnvironment()))
