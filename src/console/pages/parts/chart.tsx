/**
 * A chart of figures over time, by uPlot, in the page's own colours.
 */
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** One line of a chart: its name, and a value for each time. */
export type Series = { readonly name: string; readonly values: readonly (number | null)[] }

/** Lines over `times` (ms since the epoch). `summary` tells what they show to those who do not see it. */
export function Chart(props: {
  times: readonly number[]
  series: readonly Series[]
  summary: string
  height?: number
}) {
  const { times, series, summary, height = 200 } = props
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const names = series.map(({ name }) => name).join('\n')
  const data = [times.map((at) => at / 1000), ...series.map(({ values }) => values)] as uPlot.AlignedData
  const latest = useRef(data)
  latest.current = data
  // The data go in below; only other lines need another plot.
  useEffect(() => {
    const element = holder.current
    if (!element) return
    let isGone = false
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    // Loaded with the first chart: most pages have none.
    void import('uplot').then(({ default: Plot }) => {
      if (isGone) return
      plot.current = new Plot(optionsOf(element, names.split('\n'), height), latest.current, element)
      sizes.observe(element)
    })
    return () => {
      isGone = true
      sizes.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [names, height])
  useEffect(() => plot.current?.setData(latest.current))
  return <div class="chart" ref={holder} role="img" aria-label={summary} />
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })

function optionsOf(element: HTMLElement, names: readonly string[], height: number): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim()
  const axis = {
    stroke: () => colour('--faint-ink'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: element.clientWidth,
    height,
    cursor: { y: false },
    legend: { live: false },
    scales: { y: { range: (_, min, max) => [Math.min(0, min), Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, values: (_, times) => times.map((at) => clock.format(at * 1000)) },
      { ...axis, size: 56, values: (_, values) => values.map((value) => value.toLocaleString('en')) },
    ],
    series: [
      {},
      ...names.map((label, at) => ({
        label,
        stroke: () => colour(`--series-${(at % 6) + 1}`),
        width: 1.5,
        points: { show: false },
      })),
    ],
  }
}
