/**
 * The pipelines of the app, and the file of each, which its functions are bundled with.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SluiceError } from '../src/core/errors.ts'
import { type JobDefinition, jobFileName } from '../src/core/job.ts'
import { checkJobs } from '../src/core/job-rules.ts'
import { checkJobSql } from '../src/core/job-sql.ts'
import { jobTemplate } from '../src/core/job-template.ts'
import { nearest } from '../src/core/nearest.ts'
import type { Pipeline } from '../src/core/pipeline.ts'
import { topicsOf } from '../src/core/topology.ts'

const clone = resolve(import.meta.dirname, '..')
const folder = resolve(clone, 'pipelines')

/** Path of the list of all pipelines. */
export const pipelineList = resolve(folder, 'index.ts')

/** All pipelines. Fails with PIPELINE_INVALID, naming the file and the rule that it breaks. */
export async function loadPipelines(): Promise<readonly Pipeline[]> {
  const { pipelines } = await import('../pipelines/index.ts').catch(async (error: unknown) => {
    throw await located(error)
  })
  await checkPipelineFiles(pipelines)
  for (const pipeline of pipelines) checkJobFiles(pipeline)
  return pipelines
}

/** Fails with PIPELINE_INVALID unless each job keeps the rules and its SQL is there and fits its topics and its result. */
function checkJobFiles(pipeline: Pipeline): void {
  checkJobs(pipeline)
  for (const job of pipeline.analytics ?? []) {
    const name = jobFileName(job.name)
    const file = resolve(clone, name)
    if (!existsSync(file)) {
      const meant = nearest(
        name,
        readdirSync(resolve(clone, 'spark')).map((each) => `spark/${each}`),
      )
      const remedy = meant ? `, or give job and file the same name: there is ${meant}` : ''
      throw new SluiceError(
        'PIPELINE_INVALID',
        `job "${job.name}" of pipeline "${pipeline.name}" has no ${name}: add it${remedy}`,
      )
    }
    checkJobSql(job, topicsOf(pipeline), readFileSync(file, 'utf8'))
  }
}

/** Writes the template of a job for spark/runner.py; the path of its file. */
export function writeJobTemplate(pipeline: Pipeline, job: JobDefinition): string {
  const cache = resolve(clone, '.sluice/cache/jobs')
  const sql = readFileSync(resolve(clone, jobFileName(job.name)), 'utf8')
  const file = resolve(cache, `${pipeline.name}-${job.name}.json`)
  mkdirSync(cache, { recursive: true })
  writeFileSync(file, `${JSON.stringify(jobTemplate(job, sql, topicsOf(pipeline)), null, 2)}\n`)
  return file
}

/** A broken rule with the file that breaks it: that which fails with the same error. Any other error names its file itself. */
async function located(error: unknown): Promise<unknown> {
  if (!(error instanceof SluiceError)) return error
  for (const file of readdirSync(folder)) {
    if (file === 'index.ts') continue
    const failure: unknown = await import(pathToFileURL(resolve(folder, file)).href).catch((cause) => cause)
    if (failure !== error) continue
    return new SluiceError(error.code, `pipelines/${file}: ${error.message.replace(/^pipelines\/\S+: /, '')}`)
  }
  return error
}

/** Path of `pipelines/<name>.ts`. */
export function pipelineFile(pipeline: Pipeline): string {
  return resolve(folder, `${pipeline.name}.ts`)
}

/** Fails with PIPELINE_INVALID unless each pipeline is what the file of its name exports as `pipeline`. */
export async function checkPipelineFiles(pipelines: readonly Pipeline[]): Promise<void> {
  for (const pipeline of pipelines) {
    const file = pipelineFile(pipeline)
    const exported = existsSync(file) ? ((await import(pathToFileURL(file).href)) as { pipeline?: unknown }) : {}
    if (exported.pipeline === pipeline) continue
    throw new SluiceError(
      'PIPELINE_INVALID',
      `pipeline "${pipeline.name}" is not the const "pipeline" of pipelines/${pipeline.name}.ts: file and pipeline need the same name`,
    )
  }
}
