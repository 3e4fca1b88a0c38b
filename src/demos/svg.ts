/**
 * Charts as SVG: panels one below the other, of lines or bars. Pure.
 */

/** Points of one line; x in ms since the epoch. A null is a gap. */
export type Line = { readonly name: string; readonly points: readonly (readonly [x: number, y: number | null])[] }

/** A panel: lines over time with marks where something was found, or bars by name. */
export type Panel =
  | {
      readonly title: string
      readonly lines: readonly Line[]
      readonly marks?: readonly { readonly x: number; readonly y: number }[]
    }
  | { readonly title: string; readonly bars: readonly { readonly name: string; readonly value: number }[] }

const width = 960
const left = 64
const right = 24
const lineHeight = 200
const barHeight = 22
const panelHead = 44
const panelFoot = 34
const colours = ['#2563eb', '#d97706', '#059669', '#dc2626', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f']

/** The document: a title, a line that says what is shown, the panels. */
export function svgOf(title: string, note: string, panels: readonly Panel[]): string {
  const parts: string[] = []
  let top = 76
  for (const panel of panels) {
    const { body, height } = 'bars' in panel ? barPanel(panel.bars) : linePanel(panel)
    parts.push(
      `<g transform="translate(0 ${top})">${label(left, 24, panel.title, 'h')}<g transform="translate(0 ${panelHead})">${body}</g></g>`,
    )
    top += panelHead + height + panelFoot
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" font-family="system-ui, sans-serif" role="img" aria-label="${escaped(title)}">
<style>text{fill:#334155;font-size:12px}.t{font-size:20px;font-weight:600;fill:#0f172a}.h{font-size:14px;font-weight:600;fill:#0f172a}.e{text-anchor:end}</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${label(left, 36, title, 't')}
${label(left, 58, note)}
${parts.join('\n')}
</svg>
`
}

type Body = { readonly body: string; readonly height: number }

function barPanel(bars: readonly { readonly name: string; readonly value: number }[]): Body {
  const from = 300
  const most = Math.max(1, ...bars.map(({ value }) => value))
  const body = bars.map(({ name, value }, at) => {
    const y = at * barHeight
    const length = round(((width - from - right - 70) * value) / most)
    const bar = `<rect x="${from}" y="${y}" width="${length}" height="${barHeight - 6}" rx="2" fill="${colours[0]}"/>`
    return `${label(from - 8, y + 13, shortened(name, 38), 'e')}${bar}${label(from + length + 6, y + 13, value.toLocaleString('en'))}`
  })
  return { body: body.join(''), height: bars.length * barHeight }
}

function linePanel({ lines, marks = [] }: Extract<Panel, { lines: unknown }>): Body {
  const points = lines.flatMap((line) => line.points)
  if (points.length === 0) return { body: label(left, 12, 'none'), height: 20 }
  const xs = points.map(([x]) => x)
  const ys = points.flatMap(([, y]) => (y === null ? [] : [y]))
  const [first, last] = [Math.min(...xs), Math.max(...xs)]
  const [low, high] = [Math.min(0, ...ys), Math.max(1e-9, ...ys)]
  const across = (x: number) => round(left + ((width - left - right) * (x - first)) / Math.max(1, last - first))
  const down = (y: number) => round(lineHeight - (lineHeight * (y - low)) / (high - low || 1))
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const y = low + (high - low) * part
    return `<line x1="${left}" x2="${width - right}" y1="${down(y)}" y2="${down(y)}" stroke="#e2e8f0"/>${label(left - 8, down(y) + 4, numberText(y), 'e')}`
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const x = first + (last - first) * part
    return `<text x="${across(x)}" y="${lineHeight + 18}" text-anchor="${part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}">${timeText(x)}</text>`
  })
  const paths = lines.map(({ points }, at) => {
    const steps = points.map(([x, y], n) => {
      if (y === null) return ''
      return `${n === 0 || points[n - 1]?.[1] === null ? 'M' : 'L'}${across(x)} ${down(y)}`
    })
    return `<path d="${steps.join('')}" fill="none" stroke="${colours[at % colours.length]}" stroke-width="1.6" stroke-linejoin="round"/>`
  })
  const dots = marks.map(
    ({ x, y }) => `<circle cx="${across(x)}" cy="${down(y)}" r="5" fill="none" stroke="#dc2626" stroke-width="2"/>`,
  )
  let at = width - right
  const legend = lines.map(({ name }, n) => {
    const text = shortened(name, 30)
    at -= text.length * 7 + 26
    return `<rect x="${at}" y="-30" width="12" height="12" rx="2" fill="${colours[n % colours.length]}"/>${label(at + 17, -20, text)}`
  })
  return { body: [...grid, ...ticks, ...paths, ...dots, ...legend].join(''), height: lineHeight }
}

function label(x: number, y: number, text: string, kind = ''): string {
  return `<text x="${x}" y="${y}"${kind ? ` class="${kind}"` : ''}>${escaped(text)}</text>`
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}`
}

function numberText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** What XML does not take as text is left out. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? '').replace(/[\p{Cc}\p{Cn}\p{Cs}]/gu, ' ')
}
