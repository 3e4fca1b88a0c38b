/**
 * `sluice diff`: what a deployment would change.
 */
import { Command } from 'commander'
import { type CdkOptions, handToCdk, withCdkOptions } from '../cdk-options.ts'

/** The command. It changes nothing. */
export function diffCommand(): Command {
  return withCdkOptions(new Command('diff').description('show what a deployment to a target would change'))
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- diff --target embedded
  npm run sluice -- diff --target aws --stage prod --account 123456789012`,
    )
    .action((options: CdkOptions) => handToCdk('diff', options))
}
