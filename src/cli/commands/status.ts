/**
 * `sluice status`: where the services answer, each stage's lag, each pipeline's latest run, each analytics job.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { jobs } from '../../operations/jobs/jobs.ts'
import { listCells } from '../../operations/jobs/jobs-text.ts'
import { environmentFolder } from '../../operations/places.ts'
import { type PipelineStatus, pipelineStatus } from '../../operations/status.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; json?: true }

/** The command. */
export function statusCommand(): Command {
  return new Command('status')
    .description('show the services, the lag of each stage, the latest run of each pipeline, and the analytics jobs')
    .addOption(environmentOption())
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  npm run sluice -- status')
    .action(async ({ environment, json }: Options) => {
      const { pid, startedAt, endpoints } = runningStack(environment)
      const statuses = await withClients(endpoints, (clients) =>
        Promise.all(pipelines.map((pipeline) => pipelineStatus(pipeline, clients))),
      )
      const { kafka, cassandra, registry, aws, source } = endpoints
      const services = {
        kafka: kafka.bootstrapServers,
        cassandra: `${cassandra.host}:${cassandra.port}`,
        registry: registry.url,
        aws: aws.endpoint,
        source: source.url,
      }
      const analytics = jobs(pipelines, { folder: environmentFolder(environment), pid })
      if (json) return printJson({ environment, pid, startedAt, services, pipelines: statuses, jobs: analytics })
      printResult(`environment ${environment}, process ${pid}, up since ${new Date(startedAt).toISOString()}`)
      for (const [name, address] of Object.entries(services)) printResult(`  ${name.padEnd(10)} ${address}`)
      for (const status of statuses) printResult(statusText(status))
      if (analytics.length > 0) printResult(`\n${textTable(listCells(analytics))}`)
    })
}

function statusText({ pipeline, stages, latestRun }: PipelineStatus): string {
  const width = Math.max(24, ...stages.map(({ group }) => group.length))
  const lags = stages.map(
    ({ group, topic, lag }) => `  ${group.padEnd(width)} ${lag.toLocaleString('en')} behind on ${topic}`,
  )
  const run = latestRun
    ? `${latestRun.id} ${latestRun.state}, ${latestRun.fetched} fetched`
    : `none yet: npm run sluice -- trigger ${pipeline}`
  return [`pipeline ${pipeline}`, `  ${'latest run'.padEnd(width)} ${run}`, ...lags].join('\n')
}
