/**
 * `sluice deploy`: deploys the app with cdk, after the checks that cdk lacks.
 */
import { Command } from 'commander'
import { type CdkOptions, handToCdk, withCdkOptions } from '../cdk-options.ts'

/** The command. Done again without a change, it changes nothing. */
export function deployCommand(): Command {
  return withCdkOptions(new Command('deploy').description('deploy the app to a target'))
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- deploy --target embedded
  npm run sluice -- deploy --target aws --stage dev --account 123456789012 --region eu-central-1
  npm run sluice -- deploy --target aws --stage prod --account 123456789012 -c cluster=provisioned`,
    )
    .action((options: CdkOptions) => handToCdk('deploy', options))
}
