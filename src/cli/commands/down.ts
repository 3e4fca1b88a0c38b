/**
 * `sluice down`: stops the environment that runs in another terminal.
 */
import { Command } from 'commander'
import { stopEnvironment } from '../../operations/down.ts'
import { environmentFolder } from '../../operations/places.ts'
import { environmentOption } from '../environment-option.ts'
import { printProgress } from '../output.ts'

/** The command. Succeeds as well when nothing runs. */
export function downCommand(): Command {
  return new Command('down')
    .description('stop the services and the poller; the data stays')
    .addOption(environmentOption())
    .addHelpText('after', '\nExample:\n  npm run sluice -- down')
    .action(async ({ environment }: { environment: string }) => {
      const pid = await stopEnvironment(environmentFolder(environment))
      printProgress(
        pid === null ? `environment "${environment}" is not up` : `process ${pid} and its services have ended`,
      )
    })
}
