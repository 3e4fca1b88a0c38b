/** Topics, event sources and tables: what each page is for, end to end. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { avroEncoder } from '../../src/core/avro-codec.ts'
import { topologyOf } from '../../src/core/topology.ts'
import { frame } from '../../src/core/wire-format.ts'
import { readRows } from '../../src/operations/tables/rows.ts'
import { closeQuiet, type Scene } from './scene.ts'

const hostile = '<script>window.taken = true</script><img src=x onerror="window.taken = true">'

/** Tests on the scene. */
export function dataTests(scene: () => Scene): void {
  const audit = () => readFile(join(scene().folder, 'audit.jsonl'), 'utf8').catch(() => '')

  describe('records of a topic', () => {
    test('are listed newest first, masked, and one is revealed, which the audit log tells', async () => {
      const opened = await scene().open('/topics')
      const { page } = opened
      await page.getByRole('link', { name: 'users_created', exact: true }).click()
      const first = page.getByRole('region', { name: 'Records' }).getByRole('button').first()
      await first.click()
      const record = page.getByRole('region', { name: /^Record / })
      await expect.poll(() => record.getByText('•••••').count()).toBeGreaterThan(5)
      const before = await audit()
      await record.getByRole('button', { name: 'Reveal' }).click()
      await record.getByText('revealed, which the audit log tells').waitFor()
      expect(await record.getByText('•••••').count()).toBe(0)
      expect((await audit()).slice(before.length)).toMatch(/"reveal record","subject":"users_created\/\d\/\d+"/)
      await closeQuiet(opened)
    })

    test('with hostile values, keys and headers are text', async () => {
      const { registry } = scene().clients
      const { schema } = pipeline.topic
      const user = Object.fromEntries(schema.fields.map(({ name }) => [name, hostile]))
      const id = await registry.idOf('users_created-value', JSON.stringify(schema))
      const key = await scene().produce('users_created', frame(id, avroEncoder(schema).encode(user)), { note: hostile })
      const opened = await scene().open(`/topics/users_created?key=${key}`)
      const { page } = opened
      await page.getByRole('region', { name: 'Records' }).getByRole('button').first().click()
      await page.getByRole('button', { name: 'Reveal' }).click()
      await page.getByText('revealed').waitFor()
      await expect.poll(() => page.getByText('<script>window.taken').count()).toBeGreaterThan(3)
      expect(await page.evaluate('window.taken')).toBeUndefined()
      await closeQuiet(opened)
    })

    test('can be produced; what does not fit the schema is refused with the field’s name', async () => {
      const opened = await scene().open('/topics/users_enriched')
      const { page } = opened
      await page.getByRole('button', { name: 'Produce a record' }).click()
      const value = page.getByLabel('Value, as JSON')
      await value.fill('{"id": 7}')
      await page.getByRole('button', { name: 'Produce', exact: true }).click()
      await page.getByText('field "id" does not fit schema EnrichedUser').waitFor()
      const { schema } = pipeline.process?.topic ?? pipeline.topic
      const id = crypto.randomUUID()
      const user = Object.fromEntries(schema.fields.map(({ name }) => [name, name === 'id' ? id : 'x']))
      await value.fill(JSON.stringify(user))
      await page.getByRole('button', { name: 'Produce', exact: true }).click()
      await page.getByText('It stands at').waitFor()
      await closeQuiet(opened, ['status of 422'])
    })

    test('that cannot be decoded are hidden', async () => {
      const key = await scene().produce('users_enriched.parked', Buffer.from('{"email":"somebody@example.org"}'))
      const opened = await scene().open(`/topics/users_enriched.parked?key=${key}`)
      await opened.page.getByRole('region', { name: 'Records' }).getByRole('button').first().click()
      await opened.page.getByText('Its bytes are hidden').waitFor()
      expect(await opened.page.content()).not.toContain('somebody@example.org')
      await closeQuiet(opened)
    })
  })

  test('a subject shows its versions', async () => {
    const opened = await scene().open('/subjects/users_created-value')
    await opened.page.getByRole('link', { name: 'Version 1' }).waitFor()
    await opened.page.getByText('confluent:tags').first().waitFor()
    await closeQuiet(opened)
  })

  test('a group shows its lag by partition', async () => {
    const opened = await scene().open('/topics/users_created?part=groups')
    await opened.page.getByRole('heading', { name: 'sluice-users-process' }).waitFor()
    await expect
      .poll(() =>
        opened.page.getByRole('region', { name: 'Partitions of sluice-users-process' }).getByRole('row').count(),
      )
      .toBe(7)
    await closeQuiet(opened)
  })

  test('a mapping is disabled and enabled, and the flow says that it is paused', async () => {
    const opened = await scene().open('/event-sources')
    const { page } = opened
    await page.getByRole('link', { name: 'sluice-users-write' }).click()
    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('Disabled: every poller has taken it on.').waitFor({ timeout: 40_000 })
    await page.getByRole('link', { name: 'Flow', exact: true }).click()
    await page.getByText('mapping sluice-users-write is disabled').first().waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Enable' }).click()
    await page.getByText('Enabled: every poller has taken it on.').waitFor({ timeout: 40_000 })
    expect(await audit()).toContain('"disable event source","subject":"sluice-users-write"')
    await closeQuiet(opened)
  })

  test('rows are looked up by key, masked, and revealed', async () => {
    const [row] = await readRows(scene().clients, topologyOf([pipeline]), 'created_users', 1)
    const opened = await scene().open('/tables/created_users')
    const { page } = opened
    await page.getByLabel('id uuid').fill(String(row?.id))
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByText('1 row on this page').waitFor()
    expect(await page.getByText(String(row?.email)).count()).toBe(0)
    await page.getByRole('button', { name: 'Reveal personal data' }).click()
    await page.getByText(String(row?.email)).waitFor()
    await closeQuiet(opened)
  })
}
