/**
 * A plain table that scrolls sideways within itself on narrow screens.
 */
import type { ComponentChildren } from 'preact'

/** A column: its head, and how a cell is made. Figures go to the right. */
export type Column<T> = {
  readonly head: string
  readonly cell: (item: T) => ComponentChildren
  readonly isFigure?: boolean
}

/** A table. `name` says what it holds. */
export function DataTable<T>(props: {
  name: string
  columns: readonly Column<T>[]
  items: readonly T[]
  keyOf: (item: T) => string
}) {
  const { name, columns, items, keyOf } = props
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys.
    <section class="table" tabIndex={0} aria-label={name}>
      <table>
        <thead>
          <tr>
            {columns.map(({ head, isFigure }) => (
              <th key={head} scope="col" class={isFigure ? 'figure' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ head, cell, isFigure }) => (
                <td key={head} class={isFigure ? 'figure' : undefined}>
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
