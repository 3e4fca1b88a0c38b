/**
 * A sparkline: the last minutes of one figure, as a line over a faint area.
 */

const width = 120
const height = 26

/** One moment; what is not known is left out of the line. Times in ms since the epoch. */
export type SparkPoint = { readonly at: number; readonly value: number | null }

/** The line of the points. `name` says what it shows to those who do not see it. */
export function Spark({ points, name }: { points: readonly SparkPoint[]; name: string }) {
  const known = points.filter((point): point is { at: number; value: number } => point.value !== null)
  const most = known.reduce((max, { value }) => Math.max(max, value), 0)
  const latest = known.at(-1)
  const first = known[0]
  const label = latest
    ? `${name}, at most ${most.toFixed(1)}, now ${latest.value.toFixed(1)}`
    : `${name}, not known yet`
  if (!latest || !first || known.length < 2)
    return <svg class="spark" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} />
  const span = Math.max(1, latest.at - first.at)
  const x = (at: number) => ((at - first.at) / span) * width
  const y = (value: number) => height - 1.5 - (most === 0 ? 0 : (value / most) * (height - 4))
  const line = known
    .map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('')
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="spark-area" d={`${line}L${width} ${height}L0 ${height}Z`} />
      <path class="spark-line" d={line} />
    </svg>
  )
}
