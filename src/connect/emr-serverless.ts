/**
 * The runs of jobs of an application of EMR Serverless, as far as a deployment starts and ends them.
 */
import {
  CancelJobRunCommand,
  EMRServerlessClient,
  GetApplicationCommand,
  JobRunState,
  paginateListJobRuns,
  StartJobRunCommand,
  type StartJobRunCommandInput,
  StopApplicationCommand,
} from '@aws-sdk/client-emr-serverless'

/** A run that has not ended. */
export type ActiveRun = { readonly id: string; readonly name: string; readonly isEnding: boolean }

/** A run to be started. `clientToken` makes a repeated request the same one. */
export type RunRequest = Omit<StartJobRunCommandInput, 'applicationId'> & { readonly name: string }

/** An application. Its calls fail with the errors of the SDK. */
export type JobApplication = {
  /** All runs that have not ended, of every job. */
  activeRuns(): Promise<readonly ActiveRun[]>
  /** Starts a run; its id. The application starts by itself. */
  start(run: RunRequest): Promise<string>
  /** Asks for the end of a run. */
  cancel(id: string): Promise<void>
  /** Asks the application to release its capacity, which takes it a minute; it may be deleted then. */
  stop(): Promise<void>
  isStopped(): Promise<boolean>
}

const ended: readonly JobRunState[] = [JobRunState.SUCCESS, JobRunState.FAILED, JobRunState.CANCELLED]
const active = Object.values(JobRunState).filter((state) => !ended.includes(state))
const stopped: readonly unknown[] = ['CREATED', 'STOPPED', 'TERMINATED']

/** The application of an id, with region, credentials and endpoint of the process. */
export function connectJobApplication(applicationId: string): JobApplication {
  const client = new EMRServerlessClient({})
  return {
    async activeRuns() {
      const runs: ActiveRun[] = []
      for await (const { jobRuns = [] } of paginateListJobRuns({ client }, { applicationId, states: active })) {
        for (const { id = '', name = '', state } of jobRuns) {
          if (state && active.includes(state)) runs.push({ id, name, isEnding: state === JobRunState.CANCELLING })
        }
      }
      return runs
    },
    async start(run) {
      const { jobRunId = '' } = await client.send(new StartJobRunCommand({ ...run, applicationId }))
      return jobRunId
    },
    async cancel(jobRunId) {
      await client.send(new CancelJobRunCommand({ applicationId, jobRunId }))
    },
    async stop() {
      await client.send(new StopApplicationCommand({ applicationId }))
    },
    async isStopped() {
      const { application } = await client.send(new GetApplicationCommand({ applicationId }))
      return stopped.includes(application?.state)
    },
  }
}
