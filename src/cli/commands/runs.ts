/**
 * `sluice runs`: list them, show one, do one again.
 */
import { Command } from 'commander'
import { environmentOption } from '../environment-option.ts'
import { listCommand } from './runs-list.ts'
import { retryCommand } from './runs-retry.ts'
import { showCommand } from './runs-show.ts'

/** The command, a group of three. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('list the runs of a pipeline, show one, or do one again')
    .addOption(environmentOption())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(retryCommand())
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- runs list users --state failed
  npm run sluice -- runs show users 20260301T100000Z-schedule
  npm run sluice -- runs retry users 20260301T100000Z-schedule`,
    )
}
