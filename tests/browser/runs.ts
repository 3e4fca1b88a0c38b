/** Runs: the grid, one run with its remedy, and what an operator does about them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { runStamp } from '../../src/core/ledger.ts'
import { trigger } from '../../src/operations/runs/trigger.ts'
import { ledgerOf, type Run } from '../../src/runtime/ledger.ts'
import { stopSchedule } from '../fixtures/schedule.ts'
import { closeQuiet, type Scene } from './scene.ts'

const hostile = 'the source refused <img src=x onerror="window.taken = true">'
const minute = 60_000

/** Presses Tab until an element of that class has the focus. */
async function tabTo(page: Page, className: string): Promise<void> {
  const focused = () => page.evaluate<string>("document.activeElement?.className ?? ''")
  for (let presses = 0; presses < 80 && !(await focused()).includes(className); presses++) {
    await page.keyboard.press('Tab')
  }
  expect(await focused()).toContain(className)
}

/** Saves a run whose ingest failed at its source so long ago; answers its id. */
export async function saveFailedRun({ clients }: Scene, ago: number): Promise<string> {
  const at = Math.floor((Date.now() - ago) / 1_000) * 1_000
  const id = `${runStamp(at)}-schedule`
  const times = { scheduledAt: at, startedAt: at, finishedAt: at + 2_000 }
  const asked = { attempts: 1, succeededAttempt: null, limit: 20, seed: null, cursorBefore: null, cursorAfter: null }
  const error = { code: 'SOURCE_REFUSED', message: hostile }
  const found = { fetched: 0, fetchMs: 2_000, publishMs: 0, drift: null, error }
  const run: Run = { id, state: 'failed', ...times, ...asked, ...found }
  await ledgerOf(clients.cassandra, pipeline.name).save(run)
  return id
}

/** Tests on the scene. */
export function runTests(scene: () => Scene): void {
  const audit = () => readFile(join(scene().folder, 'audit.jsonl'), 'utf8').catch(() => '')

  describe('runs', () => {
    test('one that failed is found in the grid by keyboard, says what to do, and is done again', async () => {
      const id = await saveFailedRun(scene(), 20 * minute)
      const opened = await scene().open('/runs/users')
      const { page } = opened
      await page.getByRole('link', { name: `Run ${id}, failed`, exact: true }).waitFor()
      await tabTo(page, 'run-bar')
      const focused = () => page.evaluate<string | null>("document.activeElement?.getAttribute('aria-label')")
      for (let presses = 0; presses < 40 && !(await focused())?.includes(id); presses++) {
        await page.keyboard.press('ArrowLeft')
      }
      await page.keyboard.press('ArrowDown')
      const fetching = page.getByRole('link', { name: `Fetch of run ${id}: 0 fetched, then SOURCE_REFUSED` })
      await fetching.waitFor()
      expect(await focused()).toContain(`Fetch of run ${id}`)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: id }).waitFor()
      await page.getByText(hostile).waitFor()
      expect(await page.evaluate('window.taken')).toBeUndefined()
      await page.getByText('Correct URL, query or headers').waitFor()
      const retry = page.getByRole('button', { name: 'Retry' })
      await retry.focus()
      await page.keyboard.press('Enter')
      await page.getByText('Done again: 20 of 20 published.').waitFor({ timeout: 60_000 })
      await retry.waitFor({ state: 'detached' })
      // The judge comes each minute.
      await page.locator('.page-head').getByText('succeeded').waitFor({ timeout: 120_000 })
      expect(await audit()).toContain(`"retry run","subject":"users ${id}"`)
      await closeQuiet(opened)
    })

    test('one appears within two seconds of its end', async () => {
      const opened = await scene().open('/runs')
      await opened.page.getByRole('region', { name: 'Runs of users' }).last().waitFor()
      const { run } = await trigger(scene().endpoints.aws, pipeline, { records: 5 })
      const endedAt = Date.now()
      await opened.page.getByRole('link', { name: new RegExp(`^Run ${run}`) }).waitFor({ timeout: 10_000 })
      expect(Date.now() - endedAt).toBeLessThan(2_000)
      await closeQuiet(opened)
    })

    test('are found by state', async () => {
      const id = await saveFailedRun(scene(), 30 * minute)
      const opened = await scene().open('/runs/users')
      const { page } = opened
      await page.getByLabel('State').selectOption('failed')
      await page.getByRole('button', { name: 'Show' }).click()
      await page.getByRole('link', { name: `Run ${id}, failed`, exact: true }).waitFor()
      expect(await page.getByRole('link', { name: /^Run .*, succeeded$/ }).count()).toBe(0)
      expect(page.url()).toContain('state=failed')
      await closeQuiet(opened)
    })

    test('say what their functions logged, and lead to their records', async () => {
      const [run] = await ledgerOf(scene().clients.cassandra, 'users').latestRuns(1)
      const opened = await scene().open(`/runs/users/${run?.id}?part=log`)
      const { page } = opened
      await expect.poll(() => page.getByText('sluice-users-ingest').count(), { timeout: 30_000 }).toBeGreaterThan(0)
      await page.getByRole('link', { name: 'Run', exact: true }).click()
      await page.getByRole('link', { name: 'users_created', exact: true }).click()
      await page.getByText(`${run?.fetched} records of`).waitFor()
      await closeQuiet(opened)
    })

    test('begin by hand', async () => {
      const opened = await scene().open('/runs')
      const { page } = opened
      await page.getByRole('button', { name: 'Run now: users' }).click()
      await page.getByText('has published 100 of 100').waitFor({ timeout: 60_000 })
      expect(await audit()).toContain('"trigger run","subject":"users"')
      await closeQuiet(opened)
    })

    test('are filled in for times without one, after a plan, which another choice voids', async () => {
      const opened = await scene().open('/runs/users')
      const { page } = opened
      await page.getByRole('button', { name: 'Backfill users' }).click()
      const dialog = page.getByRole('dialog', { name: 'Backfill users' })
      const from = Math.floor((Date.now() - 50 * minute) / minute) * minute
      const field = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * minute).toISOString().slice(0, 19)
      await dialog.getByLabel('Times of the schedule from').fill(field(from))
      await dialog.getByLabel('to, not included').fill(field(from + 2 * minute))
      const make = dialog.getByRole('button', { name: /^Make/ })
      expect(await make.count()).toBe(0)
      await dialog.getByRole('button', { name: 'Plan' }).click()
      await dialog.getByText('Nothing is done yet. 2 runs would be made').waitFor()
      for (const at of [from, from + minute]) await dialog.getByText(`${runStamp(at)}-schedule`).waitFor()
      await dialog.getByLabel('Which times').selectOption('failed')
      await make.waitFor({ state: 'detached' })
      await dialog.getByLabel('Which times').selectOption('missing')
      await dialog.getByRole('button', { name: 'Plan' }).click()
      await dialog.getByRole('button', { name: 'Make 2 runs' }).click()
      await dialog.getByText('2 runs were made.').waitFor({ timeout: 120_000 })
      await dialog.getByRole('button', { name: 'Close' }).click()
      await page.getByRole('link', { name: new RegExp(`^Run ${runStamp(from)}-schedule`) }).waitFor()
      expect(await audit()).toContain('"backfill","subject":"users 20')
      await closeQuiet(opened)
    })

    test('are not asked for while the schedule is paused, which the flow shows', async () => {
      const opened = await scene().open('/')
      const { page } = opened
      const section = page.getByRole('region', { name: 'users', exact: true })
      await section.getByText(/next in \d+ s/).waitFor()
      await section.getByRole('button', { name: 'Pause the schedule of users' }).click()
      await section.getByText('the schedule is paused').waitFor()
      const resume = section.getByRole('button', { name: 'Resume the schedule of users' })
      await resume.click()
      await section.getByText(/next in \d+ s/).waitFor()
      await stopSchedule(scene().endpoints.aws, 'users')
      expect(await audit()).toMatch(/"pause schedule","subject":"users"[\s\S]*"resume schedule","subject":"users"/)
      await closeQuiet(opened)
    })
  })
}
