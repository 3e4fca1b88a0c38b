/**
 * Rows of one table. Personal data are masked; those of one partition can be revealed, which the audit log tells.
 */
import { useLocation } from 'preact-iso'
import { isNumber } from '../../../core/table.ts'
import type { TableView } from '../../../operations/tables/table-page.ts'
import { answered } from '../../client.ts'
import { api, useAnswer, useChange } from '../ask.ts'
import { many } from '../format.ts'
import { Cell } from '../parts/cell.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Answered, Nothing, Problem } from '../parts/states.tsx'

type Row = Readonly<Record<string, unknown>>

/** The rows; the link holds key and page. */
export function Rows({ table }: { table: TableView }) {
  const { name, partitionKey, columns } = table
  const { query, path, route } = useLocation()
  const { key, page } = query
  const answer = useAnswer(`rows ${name} ${key} ${page}`, () =>
    answered(
      api.tables[':table'].rows.$get({
        param: { table: name },
        query: { ...(key ? { key } : {}), ...(page ? { page } : {}) },
      }),
    ),
  )
  const values = key ? (JSON.parse(key) as string[]) : []
  const reveal = useChange(() =>
    answered(api.tables[':table'].reveal.$post({ param: { table: name }, json: { key: values } })),
  )
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = partitionKey.map((column) => String(form.get(column) ?? '').trim())
    reveal.reset()
    route(given.every((text) => text === '') ? path : `${path}?key=${encodeURIComponent(JSON.stringify(given))}`)
  }
  const isMasked = columns.some(({ isPersonal }) => isPersonal)
  return (
    <>
      <form class="filters" onSubmit={onSubmit} key={key} aria-label="Which rows">
        {partitionKey.map((column, at) => (
          <label key={column}>
            <span>
              {column} <span class="faint">{columns.find((each) => each.name === column)?.type}</span>
            </span>
            <input name={column} defaultValue={values[at]} class="wide-input" />
          </label>
        ))}
        <button type="submit">Look up</button>
        {key && <a href={path}>all rows</a>}
      </form>
      {reveal.error && <Problem error={reveal.error} />}
      <Answered answer={answer} what="rows" lines={8}>
        {({ rows: masked, next }) => {
          const rows = key && reveal.done ? reveal.done.rows : masked
          if (rows.length === 0) {
            return (
              <Nothing title={key ? 'No row has that key' : 'The table is empty'}>
                {!key && 'A run writes its rows.'}
              </Nothing>
            )
          }
          return (
            <>
              <div class="records-head">
                <p class="faint" role="status">
                  {many(rows.length, 'row')} on this page, in the order of the table's tokens
                </p>
                <span class="records-pages">
                  {isMasked && key && !reveal.done && (
                    <button type="button" disabled={reveal.isRunning} onClick={() => reveal.run()}>
                      Reveal personal data
                    </button>
                  )}
                  {page && (
                    <button type="button" onClick={() => route(key ? `${path}?key=${encodeURIComponent(key)}` : path)}>
                      First page
                    </button>
                  )}
                  <button
                    type="button"
                    disabled={next === null}
                    onClick={() =>
                      route(`${path}?${new URLSearchParams({ ...(key ? { key } : {}), page: next ?? '' })}`)
                    }
                  >
                    Next page
                  </button>
                </span>
              </div>
              <DataTable<{ row: Row; at: number }>
                name={`Rows of ${name}`}
                items={(rows as readonly Row[]).map((row, at) => ({ row, at }))}
                keyOf={({ at }) => String(at)}
                columns={columns.map((column) => ({
                  head: column.name,
                  isFigure: isNumber(column.type),
                  cell: ({ row }) => <Cell value={row[column.name]} type={column.type} isMasked={column.isPersonal} />,
                }))}
              />
            </>
          )
        }}
      </Answered>
    </>
  )
}
