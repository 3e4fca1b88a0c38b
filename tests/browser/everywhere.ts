/** What holds on every page: accessibility, narrow screens, the keyboard; and the pictures of the documentation. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { cloneFolder } from '../../src/operations/places.ts'
import { trigger } from '../../src/operations/runs/trigger.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { closeQuiet, type Scene } from './scene.ts'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** A path, in which `:run` and `:record` are those of the first run, what shows that it is there, and the name of its picture. */
const pages = [
  ['/', 'fetched', 'flow'],
  ['/runs', 'Publish', 'runs'],
  ['/runs/users/:run', 'Cursor before', null],
  ['/runs/users/:run?part=log', 'sluice-users-ingest', null],
  ['/trace?id=:record', 'Processed', null],
  ['/trace', 'Which record?', null],
  ['/topics', 'users_enriched.parked', 'topics'],
  ['/topics/users_created', 'looked at', null],
  ['/topics/users_created?part=groups', 'Partition', null],
  ['/subjects/users_created-value', 'Version 1', null],
  ['/event-sources', 'sluice-users-write', null],
  ['/event-sources/sluice-users-write', 'BatchSize', null],
  ['/dead-letters/users_created', 'RECORD_UNREADABLE', 'dead-letters'],
  ['/jobs', 'signups_by_country', null],
  ['/jobs/signups_by_country', 'distinct_users', 'jobs'],
  ['/jobs/sensor_anomalies', 'outlier', null],
  ['/tables', 'created_users', null],
  ['/tables/created_users', 'rows on this page', null],
] as const

/** Tests on the scene. */
export function everywhereTests(scene: () => Scene): void {
  // So that pages show a run with records, whatever the tests before left.
  beforeAll(async () => {
    await trigger(scene().endpoints.aws, pipeline, { records: 60 })
  })

  describe.each(pages)('%s', (path, sign, picture) => {
    test.each([
      ['light', 1440],
      ['dark', 1440],
      ['light', 390],
    ] as const)('%s, %i px: no violation, nothing beside the screen', async (colorScheme, width) => {
      const opened = await scene().open(await realPath(path, scene()), {
        colorScheme,
        viewport: { width, height: width === 390 ? 844 : 900 },
      })
      const { page } = opened
      await page.getByText(sign).first().waitFor()
      await expect.poll(() => page.locator('.chart:not(:has(canvas))').count()).toBe(0)
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      if (picture && process.env.SLUICE_SCREENSHOTS && colorScheme === 'light') {
        await page.screenshot({ path: join(cloneFolder, `docs/images/console-${picture}-${width}.png`) })
      }
      await closeQuiet(opened)
    })
  })

  test('by keyboard alone: search, open a topic, a record, and close it', async () => {
    const opened = await scene().open('/')
    const { page } = opened
    await page.getByText('fetched').first().waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('topic users_created')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'users_created', exact: true }).waitFor()
    const focused = () => page.evaluate<string>("document.activeElement?.className ?? ''")
    await page.getByRole('region', { name: 'Records' }).getByRole('button').first().waitFor()
    for (let presses = 0; presses < 60 && !(await focused()).includes('record-row'); presses++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: /^Record \d/ }).waitFor()
    await closeQuiet(opened)
  })

  test('a path that is none says so', async () => {
    const opened = await scene().open('/none')
    await opened.page.getByText('There is no such page').waitFor()
    await closeQuiet(opened)
  })
}

async function realPath(path: string, { clients }: Scene): Promise<string> {
  if (!path.includes(':')) return path
  const ledger = ledgerOf(clients.cassandra, 'users')
  const first = (await ledger.latestRuns(100)).findLast(({ fetched }) => fetched > 20)
  const [range] = await ledger.published(first?.id ?? '')
  return path.replace(':run', first?.id ?? '').replace(':record', range?.recordIds[0] ?? '')
}

async function violations(page: Page): Promise<string[]> {
  // By evaluation, as the page's own policy lets in no script.
  await page.evaluate(await readFile(axeFile, 'utf8'))
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] }
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}
