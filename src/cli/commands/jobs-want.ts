/**
 * `sluice jobs restart|stop <job>`: an operator's word on an analytics job.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { wantJob } from '../../operations/jobs/jobs.ts'
import { wordText } from '../../operations/jobs/jobs-text.ts'
import { jobPlace } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { stopSignal } from '../stop-signal.ts'

type Options = { environment: string; json?: true }

/** The command that lets a job run from its checkpoint. Exit code 1 when it does not within 60 s. */
export function restartCommand(): Command {
  return wordCommand('restart', true, 'start a job again from its checkpoint, also one that rests')
}

/** The command that lets a job rest. Exit code 1 when it does not within 60 s. */
export function stopCommand(): Command {
  return wordCommand('stop', false, 'let a job rest: its query ends, its checkpoint stays, records wait in Kafka')
}

function wordCommand(name: string, isWanted: boolean, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<job>', 'the job, as list names it')
    .option('--json', 'print what became of it as JSON')
    .addHelpText(
      'after',
      `
It holds until the next word, also over a new start.

Example:
  npm run sluice -- jobs ${name} signups_by_country`,
    )
    .action(async (job: string, _: unknown, command: Command) => {
      const { environment, json } = command.optsWithGlobals<Options>()
      const received = await wantJob(pipelines, job, isWanted, jobPlace(environment), stopSignal())
      if (received.isTakenOn === false) process.exitCode = 1
      if (json) return printJson(received)
      printResult(wordText(received))
    })
}
