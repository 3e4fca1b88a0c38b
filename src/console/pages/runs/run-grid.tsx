/**
 * The grid of a pipeline's runs: a column for each run, newest at the right, a row for each hop. One stop for Tab; arrows move.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { duration } from '../format.ts'
import { runPath } from '../parts/paths.ts'
import type { Grid, RunColumn } from './grid-data.ts'
import { type CellState, hopKinds, marks } from './run-state.ts'

const highest = 40
const lowest = 6
const steps: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** The grid; `runs` come newest first. */
export function RunGrid({ pipeline, hops, runs }: Grid) {
  const holder = useRef<HTMLElement>(null)
  // Counted from the newest, which stays where it is as the page is opened; a run keeps the focus as others come in.
  const [at, setAt] = useState<{ row: number; run: string | null }>({ row: 0, run: null })
  const columns = runs.toReversed()
  const newest = columns.at(-1)?.id
  useEffect(() => {
    if (holder.current) holder.current.scrollLeft = holder.current.scrollWidth
  }, [newest])
  const longest = Math.max(1, ...columns.map(lastedMs))
  const current = Math.max(
    0,
    columns.findIndex(({ id }) => id === (at.run ?? newest)),
  )
  const cellAt = (row: number, column: number) =>
    holder.current?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`)
  const onKeyDown = (event: KeyboardEvent) => {
    const last = columns.length - 1
    const [down, right] = steps[event.key] ?? [0, 0]
    const column = event.key === 'Home' ? 0 : event.key === 'End' ? last : current + right
    const next = cellAt(at.row + down, column)
    if (!next || (column === current && down === 0)) return
    event.preventDefault()
    next.focus()
  }
  const cell = (row: number, column: number, run: RunColumn) => ({
    'data-cell': `${row}:${column}`,
    tabIndex: row === at.row && column === current ? 0 : -1,
    onFocus: () => setAt({ row, run: run.id }),
  })
  return (
    <section class="run-grid" ref={holder} aria-label={`Runs of ${pipeline}`} onKeyDown={onKeyDown}>
      <table aria-label={`Runs of ${pipeline}, newest at the right`}>
        <tbody>
          <tr>
            <th scope="row">Run</th>
            {columns.map((run, column) => (
              <td key={run.id}>
                <a
                  {...cell(0, column, run)}
                  href={runPath(pipeline, run.id)}
                  class="run-bar"
                  title={`${run.id}: ${run.state}, ${duration(lastedMs(run))}`}
                  aria-label={`Run ${run.id}, ${run.state}`}
                >
                  <Bar state={run.state} height={heightOf(lastedMs(run), longest)} />
                </a>
              </td>
            ))}
          </tr>
          {hops.map((hop, index) => (
            <tr key={hop.kind}>
              <th scope="row" title={hop.name}>
                {hopKinds[hop.kind]}
              </th>
              {columns.map((run, column) => {
                const { state, what } = run.hops[index] ?? { state: 'unknown' as const, what: 'unknown' }
                return (
                  <td key={run.id}>
                    <a
                      {...cell(index + 1, column, run)}
                      href={runPath(pipeline, run.id)}
                      class={`run-cell cell-${state}`}
                      title={`${run.id}, ${hopKinds[hop.kind]}: ${what}`}
                      aria-label={`${hopKinds[hop.kind]} of run ${run.id}: ${what}`}
                    >
                      {marks[state]}
                    </a>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Bar({ state, height }: { state: CellState; height: number }) {
  return (
    <svg class={`cell-${state}`} width="14" height={highest} viewBox={`0 0 14 ${highest}`} aria-hidden="true">
      <rect x="0" y={highest - height} width="14" height={height} rx="2" />
    </svg>
  )
}

function lastedMs({ startedAt, tookMs }: RunColumn): number {
  return tookMs ?? Date.now() - startedAt
}

function heightOf(ms: number, longest: number): number {
  return lowest + (highest - lowest) * Math.min(1, ms / longest)
}
