/**
 * `sluice topics`: the topics of the app, and who is how far behind.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { topologyOf } from '../../core/topology.ts'
import { withClients } from '../../operations/clients.ts'
import { type TopicStatus, topicStatuses } from '../../operations/topics/topics.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function topicsCommand(): Command {
  return new Command('topics')
    .description('show each topic: partitions, records, retention, schema, groups and their lag')
    .addOption(environmentOption())
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  npm run sluice -- topics\n  npm run sluice -- topics --json')
    .action(async ({ environment, json }: Options) => {
      const { endpoints } = runningStack(environment)
      const statuses = await withClients(endpoints, (clients) => topicStatuses(topologyOf(pipelines), clients))
      if (json) return printJson(statuses)
      const header = ['topic', 'partitions', 'records', 'retention', 'schema', 'groups and their lag']
      printResult(textTable([header, ...statuses.map(cells)]))
    })
}

function cells({ topic, exists, partitions, records, retentionMs, subject, schemaId, groups }: TopicStatus): string[] {
  if (!exists) return [topic, 'does not exist: deploy the app with "npm start"']
  const schema = subject ? `${subject} ${schemaId === null ? 'not registered' : `id ${schemaId}`}` : '-'
  const behind = groups.map(({ group, lag }) => `${group} ${lag.toLocaleString('en')}`)
  return [
    topic,
    String(partitions),
    records.toLocaleString('en'),
    retentionMs === null ? '-' : `${retentionMs / 86_400_000} d`,
    schema,
    behind.join(', ') || '-',
  ]
}
