/**
 * `sluice jobs list`: each analytics job with its state and what it counted.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { jobs } from '../../operations/jobs/jobs.ts'
import { listCells } from '../../operations/jobs/jobs-text.ts'
import { jobPlace } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function listCommand(): Command {
  return new Command('list')
    .description('list the analytics jobs: wanted, state, records, late ones, watermark, last failure')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  npm run sluice -- jobs list\n  npm run sluice -- jobs list --json')
    .action((_: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const found = jobs(pipelines, jobPlace(environment))
      if (json) return printJson(found)
      printResult(found.length === 0 ? 'no pipeline declares one' : textTable(listCells(found)))
    })
}
