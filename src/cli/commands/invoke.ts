/**
 * `sluice invoke <function>`: runs a deployed function once.
 */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { SluiceError } from '../../core/errors.ts'
import { invoke } from '../../operations/invoke.ts'
import { expectFunction } from '../../operations/logs/function-logs.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printProgress } from '../output.ts'

type Options = { environment: string; event?: string }

/** The command. The answer goes to stdout, the log to stderr; exit code 1 if the function failed. */
export function invokeCommand(): Command {
  return new Command('invoke')
    .description('run a deployed function with an event; print its answer and its log')
    .argument('<function>', 'name of the function, such as sluice-users-write')
    .addOption(environmentOption())
    .option('--event <file>', 'file with the event as JSON (default: an empty object)')
    .addHelpText(
      'after',
      '\nExample:\n  npm run sluice -- invoke sluice-users-ingest --event tests/fixtures/users-schedule.event.json',
    )
    .action(async (name: string, { environment, event }: Options) => {
      expectFunction(pipelines, name)
      const { aws } = runningStack(environment).endpoints
      const { payload, failed, log, ms } = await invoke(aws, name, event ? await readEvent(event) : {})
      if (log) printProgress(log.trimEnd())
      printProgress(`${name} ${failed ? 'failed' : 'returned'} after ${Math.round(ms)} ms`)
      printJson(payload)
      if (failed) process.exitCode = 1
    })
}

async function readEvent(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new SluiceError('ARGUMENT_INVALID', `--event ${file} must name a readable file that holds JSON`, { cause })
  }
}
