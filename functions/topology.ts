/**
 * Lambda entry point of the custom resource that creates topics, tables and subjects.
 */
import { lambdaHandler } from '../src/runtime/handler.ts'
import { topologyHandler } from '../src/runtime/topology/handler.ts'

export const handler = lambdaHandler(topologyHandler())
