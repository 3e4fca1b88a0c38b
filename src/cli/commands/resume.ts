/**
 * `sluice resume <pipeline>`: let the schedule of a pipeline go on.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { resumeSchedule } from '../../operations/runs/schedules.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function resumeCommand(): Command {
  return new Command('resume')
    .description('let the schedule of a pipeline go on')
    .argument('<pipeline>', 'name of the pipeline')
    .addOption(environmentOption())
    .option('--json', 'print the new state as JSON')
    .addHelpText('after', '\nExample:\n  npm run sluice -- resume users')
    .action(async (name: string, { environment, json }: Options) => {
      findPipeline(pipelines, name)
      const { endpoints } = runningStack(environment)
      await withClients(endpoints, (clients) => resumeSchedule(endpoints.aws, clients, name))
      if (json) printJson({ pipeline: name, paused: false })
      else
        printResult(
          `the schedule of ${name} goes on; what it missed: npm run sluice -- backfill ${name} --from <time> --to <time> --dry-run`,
        )
    })
}
