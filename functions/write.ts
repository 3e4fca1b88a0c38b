/**
 * Lambda entry point of a pipeline's write stage: started by event source mappings on the topics that it writes.
 */
import { pipeline } from '#pipeline'
import { lambdaHandler } from '../src/runtime/handler.ts'
import { writeHandler } from '../src/runtime/write.ts'
import { writeConnections } from '../src/runtime/write-connections.ts'

export const handler = lambdaHandler(writeHandler(pipeline, writeConnections()))
