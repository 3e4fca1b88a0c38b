import { describe, expect, test } from 'vitest'
import { pipeline as clickstream } from '../../../pipelines/clickstream.ts'
import { pipeline } from '../../../pipelines/users.ts'
import type { AvroRecordSchema } from '../../../src/core/avro-schema.ts'
import {
  holdsPersonalData,
  masked,
  maskText,
  personalFields,
  personalNames,
  tagged,
} from '../../../src/core/personal-data.ts'

const personal = { 'confluent:tags': ['PII'] }
const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'email', type: ['null', 'string'], ...personal },
    {
      name: 'buyer',
      type: {
        type: 'record',
        name: 'Buyer',
        fields: [
          { name: 'name', type: 'string', ...personal },
          { name: 'kind', type: 'string' },
        ],
      },
    },
    { name: 'guests', type: { type: 'array', items: 'Buyer' } },
    {
      name: 'contacts',
      type: {
        type: 'map',
        values: { type: 'record', name: 'Contact', fields: [{ name: 'phone', type: 'string', ...personal }] },
      },
    },
  ],
} as const

const order = {
  id: '1',
  email: 'a@b.example',
  buyer: { name: 'Ada', kind: 'new' },
  guests: [],
  contacts: { home: { phone: '1' } },
}

describe('masking', () => {
  test('takes the place of what is tagged, in records, unions and maps, and names it', () => {
    expect(masked(order, [schema])).toEqual({
      value: {
        id: '1',
        email: maskText,
        buyer: { name: maskText, kind: 'new' },
        guests: [],
        contacts: { home: { phone: maskText } },
      },
      paths: ['email', 'buyer.name', 'contacts.home.phone'],
    })
  })

  test('what is null stays null: there is nothing to hide', () => {
    expect(masked({ email: null }, [schema])).toEqual({ value: { email: null }, paths: [] })
  })

  test('a schema of today masks a record that was written before its tag', () => {
    const before = { type: 'record', name: 'Order', fields: [{ name: 'email', type: 'string' }] }
    expect(masked({ email: 'a@b.example' }, [before, schema]).paths).toEqual(['email'])
  })

  test('without a schema nothing is masked', () => {
    expect(masked(order, [null])).toEqual({ value: order, paths: [] })
  })
})

test('a schema holds personal data wherever in it the tag is', () => {
  expect(holdsPersonalData(schema)).toBe(true)
  expect(holdsPersonalData({ type: 'array', items: schema })).toBe(true)
  expect(holdsPersonalData({ type: 'record', name: 'A', fields: [{ name: 'id', type: 'string' }] })).toBe(false)
  expect(holdsPersonalData(null)).toBe(false)
})

test('of users, what says who they are is personal, and what counts them is not', () => {
  const fields = personalFields(pipeline.topic.schema)
  for (const name of ['first_name', 'last_name', 'email', 'address', 'phone', 'dob'])
    expect(fields, name).toContain(name)
  for (const name of ['id', 'country', 'nationality', 'registered_date']) expect(fields, name).not.toContain(name)
})

test('fields of other records are personal by their names', () => {
  expect([...personalNames(clickstream)].sort()).toEqual(['session_id', 'user_agent', 'user_id'])
  const result = {
    type: 'record',
    name: 'Visit',
    fields: ['user_id', 'pages'].map((name) => ({ name, type: 'string' })),
  }
  const schema = tagged(result as AvroRecordSchema, personalNames(clickstream))
  expect([...personalFields(schema)]).toEqual(['user_id'])
})
