/**
 * Lambda entry point of the judge of runs: started each minute by its rule.
 */
import { pipelines } from '#pipelines'
import { readingConnections } from '../src/runtime/connections.ts'
import { lambdaHandler } from '../src/runtime/handler.ts'
import { verifyHandler } from '../src/runtime/verify.ts'

export const handler = lambdaHandler(verifyHandler(pipelines, readingConnections()))
