/** The way of a record: to its row, or to its dead letter. */
import { describe, expect, test } from 'vitest'
import { answered } from '../../src/console/client.ts'
import { runStamp } from '../../src/core/ledger.ts'
import { ledgerOf } from '../../src/runtime/ledger.ts'
import { closeQuiet, type Scene } from './scene.ts'

/** Tests on the scene. */
export function traceTests(scene: () => Scene): void {
  const ledger = () => ledgerOf(scene().clients.cassandra, 'users')

  describe('a record', () => {
    test('is found by its id, by keyboard alone, with its whole way to its row', async () => {
      const [run] = [(await ledger().latestRuns(100)).findLast(({ fetched }) => fetched > 20)]
      const [range] = await ledger().published(run?.id ?? '')
      const id = range?.recordIds[0] ?? ''
      const opened = await scene().open('/')
      const { page } = opened
      await page.getByText('fetched').first().waitFor()
      await page.keyboard.press('Control+k')
      await page.keyboard.type(id)
      await page.getByRole('option', { name: `trace record ${id}` }).waitFor()
      await page.keyboard.press('Enter')
      const way = page.getByRole('list', { name: `The way of record ${id}` })
      await way.getByRole('link', { name: run?.id ?? '' }).waitFor({ timeout: 30_000 })
      await way.getByRole('link', { name: `users_created/${range?.partition}/${range?.firstOffset}` }).waitFor()
      expect(await way.getByRole('heading').allTextContents()).toEqual(['Fetched', 'Published', 'Processed', 'Row'])
      await expect.poll(() => way.getByText('sluice-users-process').count()).toBeGreaterThan(0)
      await way.getByText('sluice-users-write').waitFor()
      await way.getByRole('link', { name: 'created_users' }).click()
      await page.getByText('1 row on this page').waitFor()
      await closeQuiet(opened)
    })

    test('that was given up says why', async () => {
      const at = Date.now()
      const id = `${runStamp(at)}-browser`
      const recordId = crypto.randomUUID()
      const [latest] = await ledger().latestRuns(1)
      if (!latest) throw new Error('the scene has no run')
      await ledger().save({ ...latest, id, scheduledAt: at, startedAt: at, finishedAt: at, fetched: 1, attempts: 1 })
      const key = await scene().produce('users_created', Buffer.from('no Avro'), { 'sluice-run': id })
      const query = { key, limit: '1' }
      const asked = scene().api.topics[':topic'].records.$get({ param: { topic: 'users_created' }, query })
      const [record] = (await answered(asked)).records
      if (!record) throw new Error('the record is not on its topic')
      const { topic, partition, offset } = record
      const value = { attempt: '1-browser', numbers: [0] }
      await ledger().saveFetched(id, { attempt: value.attempt, firstNumber: 0, recordIds: [recordId] })
      await ledger().savePublished(id, { topic, partition, firstOffset: offset, recordIds: [recordId], ...value })
      const opened = await scene().open(`/trace?id=${recordId}`)
      const { page } = opened
      await expect
        .poll(
          async () => {
            await page.getByRole('heading', { name: 'Published' }).waitFor()
            const isGivenUp = (await page.getByRole('heading', { name: 'Dead letter' }).count()) === 1
            if (!isGivenUp) await page.reload()
            return isGivenUp
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBe(true)
      await page.getByText('RECORD_UNREADABLE').waitFor()
      await page.getByText('the value begins with byte 0x6e').waitFor()
      await closeQuiet(opened)
    })

    test('that no run published says so', async () => {
      const opened = await scene().open('/trace?id=nobody-knows-this-1')
      await opened.page.getByText('no record "nobody-knows-this-1" was published').waitFor()
      await closeQuiet(opened, ['status of 404'])
    })
  })

  test('a run is found by its id', async () => {
    const [run] = await ledger().latestRuns(1)
    const opened = await scene().open('/')
    const { page } = opened
    await page.getByText('fetched').first().waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type(run?.id ?? '')
    await page.getByRole('option', { name: `${run?.id} of users` }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: run?.id ?? '' }).waitFor()
    await closeQuiet(opened)
  })
}
