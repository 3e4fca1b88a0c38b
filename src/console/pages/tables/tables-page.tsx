/**
 * The tables of the app, and their rows: by partition key or page by page, read only.
 */
import { useRoute } from 'preact-iso'
import type { TableView } from '../../../operations/tables/table-page.ts'
import { answered } from '../../client.ts'
import { api, useAnswer } from '../ask.ts'
import { many } from '../format.ts'
import { DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Answered, Nothing } from '../parts/states.tsx'
import { Rows } from './rows.tsx'

/** The page: all tables, or the rows of one. */
export function TablesPage() {
  const { params } = useRoute()
  const answer = useAnswer('tables', () => answered(api.tables.$get()))
  const { table } = params
  return (
    <>
      <PageHead
        title={table ?? 'Tables'}
        {...(table
          ? { up: ['/tables', 'Tables'] as const }
          : { lead: 'Read only: rows are written by pipelines alone.' })}
      />
      <Answered answer={answer} what="tables">
        {(tables) => {
          if (!table) return <AllTables tables={tables} />
          const found = tables.find(({ name }) => name === table)
          return found ? <Rows key={table} table={found} /> : <Nothing title={`There is no table ${table}`} />
        }}
      </Answered>
    </>
  )
}

function AllTables({ tables }: { tables: readonly TableView[] }) {
  return (
    <DataTable
      name="Tables"
      items={tables}
      keyOf={({ name }) => name}
      columns={[
        { head: 'Table', cell: ({ name }) => <a href={`/tables/${name}`}>{name}</a> },
        { head: 'Of', cell: ({ pipeline }) => pipeline ?? <span class="faint">the ledger</span> },
        { head: 'Partition key', cell: ({ partitionKey }) => <code>{partitionKey.join(', ')}</code> },
        {
          head: 'Clustering columns',
          cell: ({ clusteringColumns }) => <code>{clusteringColumns.join(', ') || 'none'}</code>,
        },
        { head: 'Columns', cell: ({ columns }) => many(columns.length, 'column') },
        {
          head: 'Personal',
          cell: ({ columns }) => {
            const personal = columns.filter(({ isPersonal }) => isPersonal).length
            return personal === 0 ? <span class="faint">none</span> : many(personal, 'column')
          },
        },
      ]}
    />
  )
}
