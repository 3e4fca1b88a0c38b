/**
 * `sluice rows <table>`: rows as they are.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { topologyOf } from '../../core/topology.ts'
import { withClients } from '../../operations/clients.ts'
import { readRows } from '../../operations/tables/rows.ts'
import { countUpTo } from '../arguments.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson } from '../output.ts'

type Options = { environment: string; limit: number }

/** The command. Prints one JSON object a row. */
export function rowsCommand(): Command {
  return new Command('rows')
    .description('print rows of a table, one JSON object a line')
    .argument('<table>', 'name of the table')
    .addOption(environmentOption())
    .option('--limit <n>', 'how many rows at most', countUpTo(1_000_000), 20)
    .addHelpText('after', '\nExample:\n  npm run sluice -- rows created_users --limit 5')
    .action(async (table: string, { environment, limit }: Options) => {
      const topology = topologyOf(pipelines)
      const { endpoints } = runningStack(environment)
      const rows = await withClients(endpoints, (clients) => readRows(clients, topology, table, limit))
      for (const row of rows) printJson(row)
    })
}
