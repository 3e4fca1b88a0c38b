import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cases } from '../../conformance/cases.ts'
import { pageFile, renderPage } from '../../conformance/page.ts'

const behaviours = cases.map(({ behaviour }) => behaviour)

test('each behaviour is named once, and there are enough of them to speak of conformance', () => {
  expect(new Set(behaviours).size).toBe(behaviours.length)
  expect(behaviours.length).toBeGreaterThanOrEqual(80)
})

test('the committed page lists exactly the cases, all of which held', () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(renderPage(cases, new Set(behaviours)))
})
