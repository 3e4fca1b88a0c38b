import { expect, test } from 'vitest'
import { topRows } from '../../../../src/operations/tables/top-rows.ts'

const rows = [
  { page: '/b', window: 1, views: '2' },
  { page: '/a', window: 1, views: '3' },
  { page: '/b', window: 2, views: '4' },
  { page: '/c', window: 2, views: '3' },
]

test('groups are ranked by their sum, over partitions; as large ones by name', () => {
  expect(topRows(rows, { of: ['page'], by: 'views', limit: 10 })).toEqual([
    { group: { page: '/b' }, sum: 6 },
    { group: { page: '/a' }, sum: 3 },
    { group: { page: '/c' }, sum: 3 },
  ])
})

test('no more than the limit are given', () => {
  expect(topRows(rows, { of: ['page'], by: 'views', limit: 1 })).toHaveLength(1)
})

test('a group can be of several columns, and a sum that is null counts nothing', () => {
  const given = [...rows, { page: '/b', window: 2, views: null }]
  expect(topRows(given, { of: ['page', 'window'], by: 'views', limit: 1 })).toEqual([
    { group: { page: '/b', window: 2 }, sum: 4 },
  ])
})
