import { describe, expect, test } from 'vitest'
import { pipeline as users } from '../../../pipelines/users.ts'
import type { AvroRecord } from '../../../src/core/avro-codec.ts'
import { pathOf } from '../../../src/runtime/source/fit.ts'
import { fixturePage, fixtureRecords } from '../../fixtures/pipeline-fixture.ts'
import { plainResponse } from '../../fixtures/source-response.ts'

const records = await fixtureRecords(users)
const [anna, juergen, , amir] = records as [AvroRecord, AvroRecord, AvroRecord, AvroRecord]
const apply = (change: object, record = anna) => users.process?.apply({ ...record, ...change }, [])

describe('the record', () => {
  test('has the fields of the tutorial, and the nationality', () => {
    expect(anna).toEqual({
      id: '9e3779b1-1a2b-4c3d-8e4f-538453d75384',
      first_name: 'Anna',
      last_name: "O'Neil",
      gender: 'female',
      address: "12 King's Road, Halifax, Nova Scotia, Canada",
      post_code: 'B3H 4R2',
      email: 'anna.oneil@example.com',
      username: 'bluecrane100',
      dob: '1950-01-10T08:15:30.000Z',
      registered_date: '2010-10-20T21:05:00.123Z',
      phone: '011-555-0100',
      picture: 'https://example.com/portraits/med/0.jpg',
      country: 'Canada',
      nationality: 'CA',
    })
  })

  test('has a numeric post code as text', () => {
    expect(juergen.post_code).toBe('2826')
  })

  test('keeps names of any script', () => {
    expect(amir).toMatchObject({
      first_name: 'امیرعلی',
      last_name: 'رضایی',
      address: '88 میدان آزادی, شیراز, فارس, Iran',
    })
  })

  test("has the source's own id as its key", () => {
    for (const record of records) expect(users.topic.key(record)).toBe(record.id)
  })
})

describe('the source', () => {
  const request = (change: object) => users.source.request({ cursor: null, limit: 100, seed: null, ...change }).query

  test('is asked for the next page with the same seed, at most 500 people at once', () => {
    expect(request({})).toEqual({ results: 100, page: 1, seed: 'sluice' })
    expect(request({ cursor: { page: 4 }, limit: 2_000, seed: 'a' })).toEqual({ results: 500, page: 4, seed: 'a' })
  })

  test('goes on behind the page it answered', async () => {
    expect((await fixturePage(users)).cursor).toEqual({ page: 4 })
  })

  test.each([
    ['no id', { login: { username: 'u' } }, 'login.uuid'],
    ['an id that is no UUID', { login: { uuid: '7', username: 'u' } }, 'login.uuid'],
    ['a birthday in words', { dob: { date: 'May' } }, 'dob.date'],
    ['a nationality of three letters', { nat: 'CAN' }, 'nat'],
    [
      'no post code',
      { location: { street: { number: 1, name: 's' }, city: 'c', state: 's', country: 'c' } },
      'location.postcode',
    ],
  ])('a person with %s does not fit', async (_, change, field) => {
    const [person] = (await fixturePage(users)).values
    const { issues } = await users.source.value['~standard'].validate({ ...(person as object), ...change })
    expect(issues?.[0]?.path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.')).toBe(field)
  })

  const read = async (body: unknown) => {
    const checked = await users.source.response['~standard'].validate(body)
    if (checked.issues) throw new Error(pathOf(checked.issues[0]).join('.'))
    return users.source.read(checked.value, { cursor: null, limit: 1, seed: null }, plainResponse)
  }

  test('the error that randomuser.me answers with status 200 is no page', async () => {
    expect(await read({ error: 'Uh oh, something has gone wrong.' })).toBeNull()
  })

  test('an empty page leaves the cursor where it is', async () => {
    expect(await read({ results: [], info: { page: 4, results: 0 } })).toEqual({ values: [], cursor: null })
  })

  test('any other answer does not fit, and the field is named', async () => {
    await expect(read({ results: [], info: { page: '4' } })).rejects.toThrow('info.page')
    await expect(read({ error: 500 })).rejects.toThrow('results')
  })
})

describe('the process stage', () => {
  test.each([
    ['an e-mail without @', { email: 'anna' }],
    ['no e-mail', { email: '' }],
    ['no first name', { first_name: '' }],
  ])('filters what is no user: %s', (_, change) => {
    expect(apply(change)).toBeNull()
  })

  test('adds age group, e-mail domain and country code', () => {
    expect(apply({ email: 'a@b@Mail.Example.COM' })).toMatchObject({
      age_group: '50 to 64',
      email_domain: 'mail.example.com',
      country_code: 'CA',
    })
  })

  test.each([
    ['2000-06-15', '2018-06-14', 'under 18'],
    ['2000-06-15', '2018-06-16', '18 to 34'],
    ['1980-01-01', '2015-01-02', '35 to 49'],
    ['1960-01-01', '2010-01-02', '50 to 64'],
    ['1950-01-01', '2020-01-01', '65 and over'],
    ['2020-01-01', '2010-01-01', 'unknown'],
    ['?', '2010-01-01', 'unknown'],
  ])('born %s and registered %s is %s, whenever it is computed', (dob, registered_date, age_group) => {
    expect(apply({ dob, registered_date })).toMatchObject({ age_group })
  })
})

test('the row has what the record has, but for the nationality, which is the country code', () => {
  const [row] = users.tables[0]?.rows(apply({}) as AvroRecord) ?? []
  const { nationality, ...rest } = anna
  expect(row).toEqual({ ...rest, age_group: '50 to 64', email_domain: 'example.com', country_code: nationality })
})
