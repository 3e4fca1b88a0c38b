/** Jobs: how each is, its results as charts or rows, and an operator's word on it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import type { AvroRecord } from '../../src/core/avro-codec.ts'
import { noCounts } from '../../src/core/job-progress.ts'
import { jobFiles, type StoredStatus } from '../../src/operations/jobs/job-files.ts'
import { trigger } from '../../src/operations/runs/trigger.ts'
import { closeQuiet, type Scene } from './scene.ts'

const minute = 60_000
const hostile = 'Spark said <img src=x onerror="window.taken = true">'
const countries = ['Germany', 'France', 'Norway', 'Brazil', 'Canada']

/** Tests on the scene; what they leave there is for the pages that are looked at after them. */
export function jobTests(scene: () => Scene): void {
  const audit = () => readFile(join(scene().folder, 'audit.jsonl'), 'utf8').catch(() => '')

  describe('jobs', () => {
    beforeAll(async () => {
      const now = Math.floor(Date.now() / minute) * minute
      await scene().publish('signups_by_country', signupsOfAnHour(now))
      await scene().publish('sensor_anomalies', anomaliesOfAnHour(now))
      await scene().startJob('signups_by_country')
    }, 300_000)

    test('are listed, and one of windows shows its results as charts, also of one key', async () => {
      const opened = await scene().open('/')
      const { page } = opened
      await page.getByRole('link', { name: 'Jobs', exact: true }).click()
      await page.getByRole('row', { name: /^signups_by_country (starting|running) users/ }).waitFor()
      await page.getByRole('row', { name: 'shop_funnel does not run clickstream' }).waitFor()
      await page.getByRole('link', { name: 'signups_by_country' }).click()
      const chart = (words: RegExp) => page.getByRole('img', { name: words })
      await chart(/^signups of signups_by_country over \d\d windows: latest .*Germany \d+/).waitFor()
      await chart(/^distinct_users of signups_by_country/).waitFor()
      await expect.poll(() => page.locator('.charts canvas').count()).toBe(2)
      expect(await page.getByRole('list', { name: 'Lines' }).getByRole('listitem').count()).toBeGreaterThanOrEqual(5)
      await page.getByLabel(/^Show/).selectOption('Norway')
      await chart(/^signups of .*: latest Norway \d+$/).waitFor()
      expect(page.url()).toContain('of=Norway')
      await page.getByLabel(/^Of the last/).selectOption('6')
      await page.getByRole('heading', { name: 'Results of the last 6 hours' }).waitFor()
      await closeQuiet(opened)
    })

    test('count what comes in, on the page as Spark does', async () => {
      const { clients, endpoints } = scene()
      const opened = await scene().open('/jobs/signups_by_country')
      const { page } = opened
      const records = async () => Number((await page.locator('.metrics dd').first().textContent())?.replaceAll(',', ''))
      const onTopic = async () => {
        const offsets = await clients.admin.fetchTopicOffsets('users_enriched')
        return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
      }
      await page.getByText('running', { exact: true }).waitFor({ timeout: 120_000 })
      await expect.poll(async () => (await records()) - (await onTopic()), { timeout: 120_000 }).toBe(0)
      const before = await records()
      const { published } = await trigger(endpoints.aws, pipeline, { records: 30 })
      await expect.poll(records, { timeout: 60_000 }).toBe(before + published)
      await closeQuiet(opened)
    })

    test('are stopped after a question, which the flow shows, and started again', async () => {
      const opened = await scene().open('/jobs/signups_by_country')
      const { page } = opened
      await page.getByRole('button', { name: 'Stop' }).click()
      const stopping = page.getByRole('dialog', { name: 'Stop signups_by_country' })
      await stopping.getByText('Its checkpoint and results stay').waitFor()
      await page.keyboard.press('Escape')
      await stopping.waitFor({ state: 'detached' })
      expect(await audit()).not.toContain('"stop job"')
      await page.getByRole('button', { name: 'Stop' }).click()
      await stopping.getByRole('button', { name: 'Stop' }).click()
      await stopping.getByText('It has stopped.').waitFor({ timeout: 70_000 })
      await stopping.getByRole('button', { name: 'Close' }).click()
      await page.getByText('stopped', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Flow', exact: true }).click()
      await page.getByRole('link', { name: /^Job\s*paused\s*signups_by_country/ }).click()
      await page.getByRole('button', { name: 'Start' }).click()
      const starting = page.getByRole('dialog', { name: 'Start signups_by_country' })
      await starting.getByRole('button', { name: 'Start' }).click()
      await starting.getByText('It runs.').waitFor({ timeout: 70_000 })
      await starting.getByRole('button', { name: 'Close' }).click()
      await page.getByText('running', { exact: true }).waitFor()
      expect(await audit()).toMatch(/"stop job","subject":"signups_by_country"[\s\S]*"restart job"/)
      await closeQuiet(opened)
    })

    test('that fail say why and what to do; the flow shows it, and what was told of old', async () => {
      const failed = failedStatus('shop_funnel', Date.now())
      jobFiles(scene().folder, 'shop_funnel').writeStatus(failed)
      const opened = await scene().open('/')
      const { page } = opened
      await page.getByRole('link', { name: /^Job\s*failing\s*shop_funnel/ }).click()
      await page.getByText(hostile).first().waitFor()
      await page.getByText('goes on from its checkpoint by itself').waitFor()
      expect(await page.evaluate('window.taken')).toBeUndefined()
      jobFiles(scene().folder, 'shop_funnel').writeStatus({ ...failed, writtenAt: Date.now() - minute })
      await page.getByText('Nothing was heard of this job for').waitFor()
      jobFiles(scene().folder, 'shop_funnel').writeStatus({ ...failed, pid: -1 })
      await page.getByText('This job does not run now.').waitFor()
      await page.getByText('No result was written in the last hour').waitFor()
      await closeQuiet(opened)
    })

    test('that nobody declares say so', async () => {
      const opened = await scene().open('/jobs/none')
      await opened.page.getByText('there is no job "none"').waitFor()
      await closeQuiet(opened, ['status of 404'])
    })
  })
}

/** Rows as the job writes them: of each country and minute of the last hour. */
function signupsOfAnHour(now: number): AvroRecord[] {
  return Array.from({ length: 58 }, (_, at) => now - (at + 2) * minute).flatMap((start) =>
    countries.map((country, place) => {
      const wave = Math.sin(start / minute / (7 + place)) + Math.sin((start / minute) * (place + 2.3)) / 3
      const signups = Math.round((28 - 4 * place) * (1 + wave / 3))
      const window = { window_start: start, window_end: start + minute }
      return { country, ...window, signups, distinct_users: signups - (signups % (place + 3)) }
    }),
  )
}

/** Rows as the job writes them. */
function anomaliesOfAnHour(now: number): AvroRecord[] {
  return Array.from({ length: 12 }, (_, at) => ({
    sensor: ['machine/cpu', 'machine/memory', 'machine/network-sent'][at % 3] ?? '',
    at: now - (at + 1) * 4.5 * minute,
    anomaly: ['outlier', 'stuck', 'outlier', 'silent'][at % 4] ?? '',
    score: 5.2 + at * 1.37,
    value: 61.25 + at,
    median: 12.5,
  }))
}

function failedStatus(job: string, at: number): StoredStatus {
  return {
    ...{ job, pipeline: 'clickstream', state: 'waiting', restarts: 3, latest: null, counts: noCounts },
    failure: { code: 'JOB_FAILED', message: hostile, at },
    ...{ pid: process.pid, writtenAt: at, wordAt: 0 },
  }
}
