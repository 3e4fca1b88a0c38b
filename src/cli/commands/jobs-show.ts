/**
 * `sluice jobs show <job>`: one analytics job whole.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { jobOf } from '../../operations/jobs/jobs.ts'
import { showCells } from '../../operations/jobs/jobs-text.ts'
import { jobPlace } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function showCommand(): Command {
  return new Command('show')
    .description('show one analytics job: state, restarts, what it counted, its latest batch')
    .argument('<job>', 'the job, as list names it')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- jobs show signups_by_country\n  npm run sluice -- jobs show signups_by_country --json',
    )
    .action((name: string, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const job = jobOf(pipelines, name, jobPlace(environment))
      if (json) return printJson(job)
      printResult(showCells(job).map(textTable).join('\n\n'))
    })
}
