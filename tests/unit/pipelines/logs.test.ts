import { expect, test } from 'vitest'
import { pipeline } from '../../../pipelines/logs.ts'
import { fixturePage, fixtureRecords } from '../../fixtures/pipeline-fixture.ts'
import { plainResponse } from '../../fixtures/source-response.ts'

test('a line that no service writes so is a value that does not fit', async () => {
  const { issues } = await pipeline.source.value['~standard'].validate({ id: 'a-0', service: 'kafka', line: 'banner' })
  expect(issues?.length).toBeGreaterThan(0)
})

test('an entry is a row of its service and hour, trace included', async () => {
  const error = (await fixtureRecords(pipeline)).find(({ level }) => level === 'ERROR') ?? {}
  expect(pipeline.tables[0]?.rows(error)).toMatchObject([
    { service: 'registry', hour: '2026-01-02T03', message: expect.stringContaining('\n\tat ') },
  ])
})

test('the next page begins behind the cursor', async () => {
  const { cursor } = await fixturePage(pipeline)
  const request = { cursor, limit: 5_000, seed: 'a' }
  expect(pipeline.source.request(request).query).toEqual({ limit: 500, after: cursor?.after })
})

test.each([
  ['goes on behind a full page', 500, 5_000, false],
  ['goes on behind a page that is as full as was asked', 20, 20, false],
  ['ends with a page that is not full, and leaves the lines that it begets to the next', 499, 5_000, true],
  ['ends with an empty page', 0, 20, true],
])('a run %s', (_, length, limit, isLast) => {
  const answer = { entries: Array(length).fill({}), next: 'x' }
  const page = pipeline.source.read(answer, { cursor: null, limit, seed: null }, plainResponse)
  expect(page).toMatchObject({ cursor: { after: 'x' } })
  expect(page?.last === true).toBe(isLast)
})
