/**
 * Lambda entry point of the custom resource that starts and ends the runs of a job on EMR Serverless.
 */
import { lambdaHandler } from '../src/runtime/handler.ts'
import { jobRunHandler } from '../src/runtime/job-run.ts'

export const handler = lambdaHandler(jobRunHandler())
