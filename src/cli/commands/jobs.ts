/**
 * `sluice jobs`: list the analytics jobs, show one, restart or stop it.
 */
import { Command } from 'commander'
import { environmentOption } from '../environment-option.ts'
import { listCommand } from './jobs-list.ts'
import { showCommand } from './jobs-show.ts'
import { restartCommand, stopCommand } from './jobs-want.ts'

/** The command, a group of four. */
export function jobsCommand(): Command {
  return new Command('jobs')
    .description('list analytics jobs with state and counts, show one, restart or stop it')
    .addOption(environmentOption())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(restartCommand())
    .addCommand(stopCommand())
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- jobs list
  npm run sluice -- jobs show signups_by_country
  npm run sluice -- jobs restart signups_by_country`,
    )
}
