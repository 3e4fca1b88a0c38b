/**
 * Lambda entry point of a writer of a pipeline: started by an event source mapping on the topic it writes.
 */
import { pipeline } from '#pipeline'
import { writerOf } from '../src/core/pipeline.ts'
import { connectionsFromEnvironment } from '../src/runtime/connections.ts'
import { lambdaHandler } from '../src/runtime/handler.ts'
import { writeHandler } from '../src/runtime/write.ts'

export const handler = lambdaHandler(writeHandler(writerOf(pipeline, writerName), connectionsFromEnvironment()))
