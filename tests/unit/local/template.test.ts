import { expect, test } from 'vitest'
import { render } from '../../../src/local/template.ts'

test('each place gets its value', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the templates' own syntax
  expect(render('a=${port} b=${data}/x ${port}', { port: 1, data: '/d' })).toBe('a=1 b=/d/x 1')
})

test('a place without a value is an error', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the templates' own syntax
  expect(() => render('${unknown}', {})).toThrow('"unknown"')
})
