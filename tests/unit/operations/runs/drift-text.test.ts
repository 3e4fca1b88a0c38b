import { expect, test } from 'vitest'
import { driftLines } from '../../../../src/operations/runs/drift-text.ts'

const sample = (path: string) => ({ value: 3, path })

test('without drift nothing is said', () => {
  expect(driftLines(null)).toEqual([])
})

test('each field has a line, and what is to evolve a proposal', () => {
  const lines = driftLines({
    lines: [
      {
        kind: 'unknown',
        field: 'cell',
        found: 'string',
        effect: 'left-out',
        policy: 'discard',
        count: 1_200,
        sample: sample('cell'),
      },
      {
        kind: 'unknown',
        field: 'items[].tax',
        found: 'number',
        effect: 'kept',
        policy: 'evolve',
        count: 2,
        sample: sample('items[1].tax'),
      },
      {
        kind: 'changed',
        field: 'size',
        found: 'integer',
        effect: 'dead-letter',
        policy: 'evolve',
        count: 1,
        sample: sample('size'),
      },
      {
        kind: 'missing',
        field: 'note',
        found: null,
        effect: 'filled-in',
        policy: 'evolve',
        count: 1,
        sample: sample('note'),
      },
    ],
    others: 4,
  })
  expect(lines).toEqual([
    'drift: values differ from source.value',
    '  unknown cell (string): 1,200 times, left out (discard); first in value 3 at cell',
    '  unknown items[].tax (number): 2 times, kept in the record (evolve); first in value 3 at items[1].tax',
    `    to follow: read "items[].tax" as number in source.value, give topic.schema the field { name: 'items_tax', type: ['null', 'double'], default: null }, and the table a column`,
    '  changed size (integer): once, a dead letter (evolve); first in value 3 at size',
    `    to follow: read "size" as integer in source.value, give topic.schema the field { name: 'size_long', type: ['null', 'long'], default: null }, and the table a column`,
    '  missing note: once, filled in (evolve); first in value 3 at note',
    '    to follow: make "note" optional in source.value, and its field of topic.schema nullable',
    '  and 4 more in other fields',
  ])
})
