import { expect, test } from 'vitest'
import { svgOf } from '../../../src/demos/svg.ts'

test('lines span the panel, a gap is not drawn over, and marks stand on their points', () => {
  const points = [
    [0, 0],
    [1_000, 10],
    [2_000, null],
    [3_000, 5],
    [4_000, 10],
  ] as const
  const svg = svgOf('Title', 'note', [
    { title: 'Panel', lines: [{ name: 'line', points }], marks: [{ x: 4_000, y: 10 }] },
  ])
  const [, path = ''] = /<path d="([^"]+)"/.exec(svg) ?? []
  expect(path).toBe('M64 200L282 0M718 100L936 0')
  expect(svg).toContain('<circle cx="936" cy="0"')
})

test('the longest bar is that of the greatest value, and others are as long in proportion', () => {
  const bars = [
    { name: 'a', value: 10 },
    { name: 'b', value: 5 },
    { name: 'c', value: 0 },
  ]
  const svg = svgOf('Title', 'note', [{ title: 'Panel', bars }])
  const widths = [...svg.matchAll(/<rect x="300" y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width))
  expect(widths).toEqual([566, 283, 0])
})

test('names are text, whatever they hold', () => {
  const svg = svgOf('<a> & "b"', '\u0000', [{ title: 't', bars: [{ name: '<n>', value: 1 }] }])
  expect(svg).toContain('&lt;a&gt; &amp; &quot;b&quot;')
  expect(svg).toContain('&lt;n&gt;')
  expect(svg).not.toContain('\u0000')
})

test('a panel without anything is drawn', () => {
  const svg = svgOf('t', 'n', [
    { title: 'lines', lines: [] },
    { title: 'bars', bars: [] },
  ])
  expect(svg).not.toMatch(/NaN|Infinity/)
})
