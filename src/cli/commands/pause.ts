/**
 * `sluice pause <pipeline>`: stop the schedule of a pipeline until it is resumed, also over deployments.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { pauseSchedule } from '../../operations/runs/schedules.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function pauseCommand(): Command {
  return new Command('pause')
    .description('stop the schedule of a pipeline until it is resumed, also over deployments')
    .argument('<pipeline>', 'name of the pipeline')
    .addOption(environmentOption())
    .option('--json', 'print the new state as JSON')
    .addHelpText('after', '\nExample:\n  npm run sluice -- pause users')
    .action(async (name: string, { environment, json }: Options) => {
      findPipeline(pipelines, name)
      const { endpoints } = runningStack(environment)
      await withClients(endpoints, (clients) => pauseSchedule(endpoints.aws, clients, name))
      if (json) printJson({ pipeline: name, paused: true })
      else
        printResult(
          `the schedule of ${name} is paused: runs that go on are not touched; npm run sluice -- resume ${name}`,
        )
    })
}
