/**
 * `sluice destroy`: takes the app away; its data only when that is said twice.
 */
import { Command } from 'commander'
import { type CdkOptions, handToCdk, withCdkOptions } from '../cdk-options.ts'

/** The command. Topics, records, tables and schemas stay unless `--delete-data` names the stage again. */
export function destroyCommand(): Command {
  return withCdkOptions(new Command('destroy').description('take the app away from a target; the data stays'))
    .option('--delete-data <stage>', 'with aws: delete the data too; type the name of the stage')
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- destroy --target embedded
  npm run sluice -- destroy --target aws --stage dev --account 123456789012
  npm run sluice -- destroy --target aws --stage dev --account 123456789012 --delete-data dev`,
    )
    .action((options: CdkOptions) => handToCdk('destroy', options))
}
