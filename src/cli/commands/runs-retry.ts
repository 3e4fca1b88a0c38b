/**
 * `sluice runs retry <pipeline> <run>`: does a run again.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { retryRun } from '../../operations/runs/runs.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { summaryLine } from './trigger.ts'

type Options = { environment: string; json?: true }

/** The command. Exit code 1 where nothing was done. */
export function retryCommand(): Command {
  return new Command('retry')
    .description('do a run again that failed, was skipped or is late, from where it started in the source')
    .argument('<pipeline>', 'name of the pipeline')
    .argument('<run>', 'id of the run')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', '\nExample:\n  npm run sluice -- runs retry users 20260301T100000Z-schedule')
    .action(async (name: string, id: string, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const pipeline = findPipeline(pipelines, name)
      const { endpoints } = runningStack(environment)
      const summary = await withClients(endpoints, (clients) => retryRun(endpoints.aws, pipeline, id, clients))
      if (json) printJson(summary)
      else printResult(summaryLine(summary))
      if (summary.skipped !== null) process.exitCode = 1
    })
}
