/**
 * Ranks, made on read: Spark refuses them on streams.
 */
import { SluiceError } from '../../core/errors.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { AnyRow, Columns } from '../../core/table.ts'
import { topologyOf } from '../../core/topology.ts'
import type { Clients } from '../clients.ts'
import { readRows, tableNamed } from './rows.ts'

/** What is ranked: groups of rows that share `of`, by the sum of `by`. */
export type Ranking = { readonly of: readonly string[]; readonly by: string; readonly limit: number }

/** A group with its sum. */
export type Ranked = { readonly group: AnyRow; readonly sum: number }

/** The groups with the largest sums, largest first; those that are as large by name. Pure. */
export function topRows(rows: readonly AnyRow[], { of, by, limit }: Ranking): Ranked[] {
  const groupOf = (row: AnyRow) => Object.fromEntries(of.map((column) => [column, row[column]]))
  return [...Map.groupBy(rows, (row) => JSON.stringify(groupOf(row)))]
    .map(([name, group]) => ({
      name,
      group: groupOf(group[0] as AnyRow),
      sum: group.reduce((sum, row) => sum + Number(row[by] ?? 0), 0),
    }))
    .sort((a, b) => b.sum - a.sum || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ group, sum }) => ({ group, sum }))
}

/** Ranks all rows of a table of the app. Fails with ARGUMENT_INVALID for a table or column that is not there. */
export async function readTop(
  table: string,
  ranking: Ranking,
  pipelines: readonly Pipeline[],
  clients: Clients,
): Promise<Ranked[]> {
  const topology = topologyOf(pipelines)
  const { columns } = tableNamed(table, topology.tables)
  for (const column of [...ranking.of, ranking.by]) expectColumn(table, column, columns)
  return topRows(await readRows(clients, topology, table, mostRows), ranking)
}

/** More than any result of a job has, and less than fills the memory. */
const mostRows = 1_000_000

function expectColumn(table: string, column: string, columns: Columns): void {
  if (Object.hasOwn(columns, column)) return
  const names = Object.keys(columns).join(', ')
  throw new SluiceError('ARGUMENT_INVALID', `table ${table} has no column "${column}": there are ${names}`)
}
