/**
 * Checks of the flow: how far each stage is behind, how the latest run ended, which dead letters wait.
 */
import type { Pipeline } from '../../core/pipeline.ts'
import { topicsOf } from '../../core/topology.ts'
import type { Clients } from '../clients.ts'
import { deadLettersOf } from '../dead-letters/dead-letters.ts'
import { pipelineStatus } from '../status.ts'
import { checked, type Finding, ok, warning } from './doctor-finding.ts'

/** Checks the flow of every pipeline. */
export async function checkFlow(pipelines: readonly Pipeline[], clients: Clients): Promise<Finding[]> {
  const findings = await Promise.all(
    pipelines.flatMap((pipeline) => [
      checked('lag', 'see "npm run sluice -- topics"', () => checkLag(pipeline, clients)),
      ...topicsOf(pipeline).map(({ name }) =>
        checked('dead letters', 'see "npm run sluice -- topics"', () => checkDeadLetters(name, clients)),
      ),
    ]),
  )
  return findings.flat()
}

async function checkLag(pipeline: Pipeline, clients: Clients): Promise<Finding[]> {
  const { stages, latestRun } = await pipelineStatus(pipeline, clients)
  const lags = stages.map(({ group, functionName, topic, lag }) =>
    lag === 0
      ? ok('lag', `${group} is not behind on ${topic}`)
      : warning(
          'lag',
          `${group} is ${lag.toLocaleString('en')} records behind on ${topic}`,
          `look again: if it does not fall, see "npm run sluice -- logs ${functionName}"`,
        ),
  )
  return [...lags, ...(latestRun?.error ? [failedRun(pipeline.name, latestRun.id, latestRun.error)] : [])]
}

function failedRun(pipeline: string, id: string, { code, message }: { code: string; message: string }): Finding {
  const remedy = `see ${code} in docs/runbook.md; the next run begins where this one did`
  return warning('latest run', `${pipeline}: run ${id} failed with ${code}: ${message}`, remedy)
}

async function checkDeadLetters(topic: string, clients: Clients): Promise<Finding> {
  const waiting = (await deadLettersOf(topic, clients)).filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return ok('dead letters', `none of ${topic} waits`)
  const codes = [...new Set(waiting.map(({ code }) => code))].join(', ')
  return warning(
    'dead letters',
    `${waiting.length.toLocaleString('en')} of ${topic} wait (${codes})`,
    `see "npm run sluice -- dead-letters list ${topic}" and the codes in docs/runbook.md`,
  )
}
