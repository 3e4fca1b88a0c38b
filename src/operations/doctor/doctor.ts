/**
 * The doctor: looks at machine, environment, services, deployment and flow, and says what to do about what it finds.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pipeline } from '../../core/pipeline.ts'
import { defaultPorts, type Ports } from '../../local/ports.ts'
import { isAlive } from '../../local/process-identity.ts'
import { readProcesses } from '../../local/process-record.ts'
import { type RunningStack, readState } from '../../local/state.ts'
import { cloneFolder, environmentFolder, startCommand, workFolder } from '../places.ts'
import { checkDeployment } from './doctor-deployment.ts'
import { type Finding, ok, warning } from './doctor-finding.ts'
import { checkFlow } from './doctor-flow.ts'
import { checkJobs } from './doctor-jobs.ts'
import { checkMachine, checkPorts } from './doctor-machine.ts'
import { checkServices } from './doctor-services.ts'

/** All findings on an environment, up or not. Fails for no reason that it could report. */
export async function diagnose(environment: string, pipelines: readonly Pipeline[]): Promise<Finding[]> {
  const folder = environmentFolder(environment)
  const machine = checkMachine(existsSync(workFolder) ? workFolder : cloneFolder)
  const state = readState(folder)
  const rest = state?.ready
    ? checkRunning(environment, state, folder, pipelines)
    : checkStopped(environment, state, folder)
  return (await Promise.all([machine, rest])).flat()
}

/** Whether anything in the findings does not work. */
export function hasProblem(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'problem')
}

async function checkStopped(environment: string, state: RunningStack | null, folder: string): Promise<Finding[]> {
  if (state) {
    const detail = `"${environment}" is being started by process ${state.pid}`
    return [warning('environment', detail, 'wait for its first proof, then ask again')]
  }
  const down = warning('environment', `"${environment}" is not up`, `start it with "${startCommand(environment)}"`)
  return [down, ...(await checkPorts(await portsOf(folder), readProcesses(folder).filter(isAlive)))]
}

async function checkRunning(
  environment: string,
  { pid, startedAt, endpoints }: RunningStack,
  folder: string,
  pipelines: readonly Pipeline[],
): Promise<Finding[]> {
  const up = ok('environment', `"${environment}" is up since ${new Date(startedAt).toISOString()}, process ${pid}`)
  const { findings, clients } = await checkServices(endpoints, folder)
  const isFine = (check: string) => findings.some((finding) => finding.check === check && finding.level === 'ok')
  try {
    const deployment = isFine('AWS emulator') ? await checkDeployment(endpoints, pipelines) : []
    const flow = clients && isFine('Kafka') && isFine('Cassandra') ? await checkFlow(pipelines, clients) : []
    return [up, ...findings, ...deployment, ...flow, ...checkJobs(pipelines, { folder, pid })]
  } finally {
    await clients?.close().catch(() => {})
  }
}

/** The ports that the next start of the environment takes, as far as that can be known. */
async function portsOf(folder: string): Promise<Ports> {
  try {
    return JSON.parse(await readFile(join(folder, 'ports.json'), 'utf8')) as Ports
  } catch {
    return defaultPorts()
  }
}
