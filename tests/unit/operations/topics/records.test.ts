import { expect, test } from 'vitest'
import { pipelines } from '../../../../pipelines/index.ts'
import { avroEncoder } from '../../../../src/core/avro-codec.ts'
import { resultTopic } from '../../../../src/core/job.ts'
import { maskText } from '../../../../src/core/personal-data.ts'
import { frame } from '../../../../src/core/wire-format.ts'
import type { Clients } from '../../../../src/operations/clients.ts'
import { findJob } from '../../../../src/operations/jobs/find-job.ts'
import { viewerOf } from '../../../../src/operations/topics/records.ts'
import { fakeRegistry } from '../../runtime/fakes.ts'

test('results of a job are masked by the names of tagged fields, their keys and dead letters too', async () => {
  const topic = resultTopic(findJob(pipelines, 'shop_sessions').job)
  const { registry } = fakeRegistry([topic.schema])
  const row = Object.fromEntries(topic.schema.fields.map(({ name }) => [name, null]))
  const session = { ...row, user_id: 'user-7', session_start: 60_000, events: 3 }
  const value = frame(1, avroEncoder(topic.schema).encode(session))
  const record = { partition: 0, offset: 1, timestamp: 2, key: Buffer.from(topic.key(session)), value, headers: {} }
  for (const name of [topic.name, `${topic.name}.dlt`]) {
    const view = viewerOf(name, pipelines, { registry } as unknown as Clients)
    const shown = await view({ ...record, topic: name }, false)
    expect(shown).toMatchObject({
      key: maskText,
      value: { value: { user_id: maskText, events: 3 }, masked: ['user_id'] },
    })
    expect(await view({ ...record, topic: name, value: Buffer.from('x') }, false)).toMatchObject({
      value: { kind: 'hidden' },
    })
  }
})
