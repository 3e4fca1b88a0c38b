/**
 * The file of each pipeline, which its functions are bundled with.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SluiceError } from '../src/core/errors.ts'
import type { Pipeline } from '../src/core/pipeline.ts'

const folder = resolve(import.meta.dirname, '../pipelines')

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
