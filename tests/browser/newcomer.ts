/** What a newcomer finds from the home page, by names that can be seen, in four clicks at most. */
import type { Locator } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { saveFailedRun } from './runs.ts'
import { closeQuiet, type Scene } from './scene.ts'

const mostClicks = 4
const minute = 60_000

/** Tests on the scene, in which jobs have left results. */
export function newcomerTests(scene: () => Scene): void {
  const home = async () => {
    const opened = await scene().open('/')
    let clicks = 0
    const click = async (target: Locator) => {
      clicks += 1
      await target.click()
    }
    return { ...opened, click, clicks: () => clicks }
  }

  describe('a newcomer finds from the home page', () => {
    test('why a record is a dead letter, and how to bring it back', async () => {
      await scene().produce('users_created', Buffer.from('zero bytes of it are Avro'))
      const { page, complaints, click, clicks } = await home()
      const card = page.getByRole('link', { name: /^Dead letters.*users_created\.dlt.*see why, and redrive/s })
      await card.waitFor({ timeout: 60_000 })
      await click(card)
      await page.getByText('the value begins with byte 0x7a').first().waitFor()
      await page.getByText('Mend the reason, then redrive').waitFor()
      await click(page.getByRole('listitem').filter({ hasText: '0x7a' }).getByRole('link', { name: 'See one' }))
      await page.getByText('Record given up').waitFor()
      await click(page.getByRole('button', { name: 'Redrive it' }))
      const dialog = page.getByRole('dialog', { name: 'Redrive' })
      await click(dialog.getByRole('button', { name: 'Send 1' }))
      await dialog.getByText('1 record was sent').waitFor()
      expect(clicks()).toBeLessThanOrEqual(mostClicks)
      await closeQuiet({ page, complaints })
    })

    test('which run failed, why, and what to do', async () => {
      const id = await saveFailedRun(scene(), 5 * minute)
      const { page, complaints, click, clicks } = await home()
      await click(page.getByRole('link', { name: 'Anomalies of the last hour' }))
      const anomalies = page.getByRole('region', { name: 'Anomalies of the last hour' })
      await click(anomalies.getByRole('link', { name: id }))
      await page.getByText('SOURCE_REFUSED').first().waitFor()
      await page.getByText('What to do').waitFor()
      await page.getByRole('button', { name: 'Retry' }).waitFor()
      expect(clicks()).toBeLessThanOrEqual(mostClicks)
      await closeQuiet({ page, complaints })
    })

    test('how far a consumer is behind', async () => {
      const { admin } = scene().clients
      const [groupId, topic] = ['a-consumer-of-others', 'users_created']
      const offsets = await admin.fetchTopicOffsets(topic)
      onTestFinished(() => admin.deleteGroups([groupId]).then(() => {}))
      await admin.setOffsets({
        groupId,
        topic,
        partitions: offsets.map(({ partition, low }) => ({ partition, offset: low })),
      })
      const behind = offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
      const { page, complaints, click, clicks } = await home()
      // Of a stage it is on the home page already.
      await page.getByRole('link', { name: /^Write\s*sluice-users-write.*lag\s*\d/s }).waitFor()
      await click(page.getByRole('link', { name: 'Topics', exact: true }))
      await click(page.getByRole('link', { name: topic, exact: true }))
      await click(page.getByRole('link', { name: 'Groups', exact: true }))
      const group = page.getByRole('region', { name: `Group ${groupId}` })
      await group.getByText(`${behind.toLocaleString('en')} behind`).waitFor()
      expect(behind).toBeGreaterThan(0)
      expect(clicks()).toBeLessThanOrEqual(mostClicks)
      await closeQuiet({ page, complaints })
    })

    test('the anomalies of the last hour: of the pipelines, and of the sensors', async () => {
      const { page, complaints, click, clicks } = await home()
      await click(page.getByRole('link', { name: 'Anomalies of the last hour' }))
      const anomalies = page.getByRole('region', { name: 'Anomalies of the last hour' })
      await anomalies.getByText('RECORD_UNREADABLE').first().waitFor()
      await click(page.getByRole('list', { name: 'Jobs of iot' }).getByRole('link', { name: /sensor_anomalies/ }))
      await page.getByRole('heading', { name: 'Results of the last hour' }).waitFor()
      const rows = page.getByRole('region', { name: 'Results of sensor_anomalies' })
      await rows.getByRole('row', { name: /machine\/cpu outlier 5\.2 / }).waitFor()
      expect(await rows.getByRole('row').count()).toBe(1 + 12)
      expect(clicks()).toBeLessThanOrEqual(mostClicks)
      await closeQuiet({ page, complaints })
    })
  })
}
