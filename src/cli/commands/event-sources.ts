/**
 * `sluice event-sources`: list the event source mappings, show one, enable or disable it.
 */
import { Command } from 'commander'
import { environmentOption } from '../environment-option.ts'
import { listCommand } from './event-sources-list.ts'
import { showCommand } from './event-sources-show.ts'
import { disableCommand, enableCommand } from './event-sources-want.ts'

/** The command, a group of four. */
export function eventSourcesCommand(): Command {
  return new Command('event-sources')
    .description('list event source mappings with state and lag, show one, enable or disable it')
    .addOption(environmentOption())
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(enableCommand())
    .addCommand(disableCommand())
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- event-sources list
  npm run sluice -- event-sources show sluice-users-write
  npm run sluice -- event-sources disable sluice-users-write`,
    )
}
