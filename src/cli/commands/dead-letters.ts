/**
 * `sluice dead-letters`: list them, show one, send them back.
 */
import { Command } from 'commander'
import { environmentOption } from '../environment-option.ts'
import { listCommand } from './dead-letters-list.ts'
import { redriveCommand } from './dead-letters-redrive.ts'
import { showCommand } from './dead-letters-show.ts'

/** The command, a group of three. */
export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('list records that were given up, show one, or send them back (redrive)')
    .addOption(environmentOption())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(redriveCommand())
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- dead-letters list
  npm run sluice -- dead-letters show users_created 0 12
  npm run sluice -- dead-letters redrive users_created --all --dry-run`,
    )
}
