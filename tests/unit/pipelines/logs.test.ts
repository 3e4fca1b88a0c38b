import { expect, test } from 'vitest'
import { pipeline } from '../../../pipelines/logs.ts'
import { fixturePage, fixtureRecords } from '../../fixtures/pipeline-fixture.ts'

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

test('the next page begins behind the cursor, an empty one included', async () => {
  const { cursor } = await fixturePage(pipeline)
  const request = { cursor, limit: 5_000, seed: 'a' }
  expect(pipeline.source.request(request).query).toEqual({ limit: 500, after: cursor?.after })
  expect(pipeline.source.read({ entries: [], next: 'x' }, request)).toEqual({ values: [], cursor: { after: 'x' } })
})
