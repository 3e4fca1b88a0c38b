/**
 * `sluice runs show <pipeline> <run>`: all that is known of a run.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { findPipeline } from '../../operations/find-pipeline.ts'
import { showRun } from '../../operations/runs/runs.ts'
import { runJson, runLines } from '../../operations/runs/runs-text.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function showCommand(): Command {
  return new Command('show')
    .description('show how a run stands: attempts, figures, cursor, and what to do if it failed')
    .argument('<pipeline>', 'name of the pipeline')
    .argument('<run>', 'id of the run')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  npm run sluice -- runs show users 20260301T100000Z-schedule')
    .action(async (name: string, id: string, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const pipeline = findPipeline(pipelines, name)
      const found = await withClients(runningStack(environment).endpoints, (clients) => showRun(pipeline, id, clients))
      if (json) printJson(runJson(name, found))
      else printResult(runLines(name, found).join('\n'))
    })
}
