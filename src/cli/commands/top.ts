/**
 * `sluice top <table>`: groups of rows with the largest sums, such as the pages with the most views.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { withClients } from '../../operations/clients.ts'
import { readTop } from '../../operations/tables/top-rows.ts'
import { countUpTo } from '../arguments.ts'
import { environmentOption, runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; limit: number; json?: true }

/** The command. */
export function topCommand(): Command {
  return new Command('top')
    .description('rank groups of rows of a table by the sum of a column, largest first')
    .argument('<table>', 'name of the table')
    .argument('<columns>', 'what rows of a group share, joined with commas')
    .argument('<sum>', 'the column whose sum counts')
    .addOption(environmentOption())
    .option('--limit <n>', 'how many groups at most', countUpTo(10_000), 10)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- top page_views page views
  npm run sluice -- top log_messages service,level,fingerprint total --limit 20`,
    )
    .action(async (table: string, columns: string, by: string, { environment, limit, json }: Options) => {
      const of = columns.split(',')
      const { endpoints } = runningStack(environment)
      const ranked = await withClients(endpoints, (clients) => readTop(table, { of, by, limit }, pipelines, clients))
      if (json) for (const { group, sum } of ranked) printJson({ ...group, [by]: sum })
      else
        printResult(
          textTable([
            [by, ...of],
            ...ranked.map(({ group, sum }) => [sum.toLocaleString('en'), ...of.map((column) => String(group[column]))]),
          ]),
        )
    })
}
