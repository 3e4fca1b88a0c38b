/**
 * The custom resource of a job on EMR Serverless: what CloudFormation asks of it, and what it answers.
 */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda'
import { connectJobApplication, type JobApplication, type RunRequest } from '../connect/emr-serverless.ts'
import { logger } from './logging.ts'
import { type Patience, waitFor } from './topology/wait.ts'

/** A run takes a minute to end; Lambda ends this function after fifteen. */
const defaultPatience: Patience = { deadlineMs: 600_000, intervalMs: 5_000 }

/**
 * The `onEvent` handler of a CDK `Provider`. Create and Update start a run with what property `Run` says (JSON), after every
 * run of the same name has ended: two would write one checkpoint. Delete ends them, and stops an application that no
 * other run needs, as one that is started cannot be deleted.
 * Delivery guarantees: a repeated event starts no second run; a run that was ended goes on from its checkpoint.
 */
export function jobRunHandler(connect = connectJobApplication, patience = defaultPatience) {
  return async (event: CloudFormationCustomResourceEvent): Promise<{ PhysicalResourceId: string }> => {
    const { ApplicationId, Run } = event.ResourceProperties as unknown as { ApplicationId: string; Run: string }
    const run = JSON.parse(Run) as RunRequest
    const application = connect(ApplicationId)
    await endRuns(application, run.name, patience)
    if (event.RequestType === 'Delete') await release(application, patience)
    else {
      const id = await application.start({ ...run, clientToken: event.RequestId })
      logger.info('job run started', { job: run.name, run: id })
    }
    // Never changes, so that an update never counts as a replacement, whose end would end the run just started.
    return { PhysicalResourceId: run.name }
  }
}

async function endRuns(application: JobApplication, name: string, patience: Patience): Promise<void> {
  const ofJob = async () => (await application.activeRuns()).filter((run) => run.name === name)
  for (const { id, isEnding } of await ofJob()) if (!isEnding) await application.cancel(id)
  await waitFor(`The end of the runs of ${name}`, async () => expectNone(await ofJob()), patience)
}

/** Asked again and again: a deployment takes several jobs away at once, and an application that is stopping refuses to be stopped. */
async function release(application: JobApplication, patience: Patience): Promise<void> {
  if ((await application.activeRuns()).length > 0) return
  const stopped = async () => {
    if (await application.isStopped()) return
    await application.stop()
    throw new Error('it is stopping')
  }
  await waitFor('The end of the application', stopped, patience)
}

function expectNone(runs: readonly unknown[]): void {
  if (runs.length > 0) throw new Error(`${runs.length} are running`)
}
