/**
 * A chart of figures over time, by uPlot, in the page's own colours.
 */
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** One line of a chart: its name, and a value for each time. */
export type Series = { readonly name: string; readonly values: readonly (number | null)[] }

/** Where the axis of values begins: at 0, and goes to 1 at least, or where the values do. */
export type Begin = 'zero' | 'values'

/** Lines over `times` (ms since the epoch). `summary` tells what they show to those who do not see it. */
export function Chart(props: {
  times: readonly number[]
  series: readonly Series[]
  summary: string
  height?: number
  begin?: Begin
  /** Below the chart unless several share another one. */
  legend?: 'below' | 'shared'
}) {
  const { times, series, summary, height = 200, begin = 'zero', legend = 'below' } = props
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
      const options = { height, begin, legend }
      plot.current = new Plot(optionsOf(element, names.split('\n'), options), latest.current, element)
      sizes.observe(element)
    })
    return () => {
      isGone = true
      sizes.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [names, height, begin, legend])
  useEffect(() => plot.current?.setData(latest.current))
  return <div class="chart" ref={holder} role="img" aria-label={summary} />
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 })

/** A value at the axis, which has room for seven characters. */
function axisText(value: number): string {
  return Math.abs(value) < 100_000 ? value.toLocaleString('en') : short.format(value)
}

/** As the plot is given it; null where there is no value. */
type Range = (plot: uPlot, least: number | null, most: number | null) => [number, number]

const ranges: Readonly<Record<Begin, Range>> = {
  zero: (_, least, most) => [Math.min(0, least ?? 0), Math.max(1, (most ?? 0) * 1.1)],
  values: (_, least, most) => {
    const margin = ((most ?? 0) - (least ?? 0)) * 0.1 || Math.abs(most ?? 0) * 0.1 || 1
    return [(least ?? 0) - margin, (most ?? 0) + margin]
  },
}

type Options = { readonly height: number; readonly begin: Begin; readonly legend: 'below' | 'shared' }

function optionsOf(element: HTMLElement, names: readonly string[], { height, begin, legend }: Options): uPlot.Options {
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
    legend: { live: false, show: legend === 'below' },
    scales: { y: { range: ranges[begin] } },
    axes: [
      { ...axis, size: 34, values: (_, times) => times.map((at) => clock.format(at * 1000)) },
      { ...axis, size: 56, values: (_, values) => values.map(axisText) },
    ],
    series: [
      {},
      ...names.map((label, at) => {
        const stroke = () => colour(`--series-${(at % 6) + 1}`)
        // Points are drawn where there are few: a value between two that are not known is no line.
        return { label, stroke, width: 1.5, points: { size: 4, fill: stroke } }
      }),
    ],
  }
}
