/**
 * Users of the randomuser.me API: people as they sign up, enriched with age group, e-mail domain and country code.
 */
import * as v from 'valibot'
import { definePipeline } from '../src/core/define-pipeline.ts'
import { cursorInBody } from '../src/core/pagination.ts'
import { days } from '../src/core/pipeline.ts'

/** Tools mask what has this tag. */
const personal = { 'confluent:tags': ['PII'] } as const

const userFields = [
  { name: 'id', type: 'string' },
  { name: 'first_name', type: 'string', ...personal },
  { name: 'last_name', type: 'string', ...personal },
  { name: 'gender', type: 'string', ...personal },
  { name: 'address', type: 'string', ...personal },
  { name: 'post_code', type: 'string', ...personal },
  { name: 'email', type: 'string', ...personal },
  { name: 'username', type: 'string', ...personal },
  { name: 'dob', type: 'string', ...personal },
  { name: 'registered_date', type: 'string' },
  { name: 'phone', type: 'string', ...personal },
  { name: 'picture', type: 'string', ...personal },
  { name: 'country', type: 'string' },
  { name: 'nationality', type: 'string', default: '' },
] as const

const userSchema = { type: 'record', name: 'User', namespace: 'sluice.users', fields: userFields } as const

const enrichedSchema = {
  type: 'record',
  name: 'EnrichedUser',
  namespace: 'sluice.users',
  fields: [
    ...userFields,
    { name: 'age_group', type: 'string', default: 'unknown' },
    { name: 'email_domain', type: 'string', default: '' },
    { name: 'country_code', type: 'string', default: '' },
  ],
} as const

const postcode = v.pipe(v.union([v.string(), v.number()]), v.transform(String))

/** A field that the pipeline knows and has no use for: what else comes is drift. */
const unread = v.optional(v.unknown())

/** A randomuser.me 1.4 user. */
const randomUser = v.object({
  gender: v.string(),
  name: v.object({ title: unread, first: v.string(), last: v.string() }),
  location: v.object({
    street: v.object({ number: v.number(), name: v.string() }),
    city: v.string(),
    state: v.string(),
    country: v.string(),
    postcode,
    coordinates: unread,
    timezone: unread,
  }),
  email: v.string(),
  login: v.object({
    uuid: v.pipe(v.string(), v.uuid()),
    username: v.string(),
    password: unread,
    salt: unread,
    md5: unread,
    sha1: unread,
    sha256: unread,
  }),
  dob: v.object({ date: v.pipe(v.string(), v.isoTimestamp()), age: unread }),
  registered: v.object({ date: v.pipe(v.string(), v.isoTimestamp()), age: unread }),
  phone: v.string(),
  cell: unread,
  id: unread,
  picture: v.object({ medium: v.string(), large: unread, thumbnail: unread }),
  nat: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/)),
})

const page = v.object({
  results: v.array(v.unknown()),
  info: v.object({ page: v.number(), results: v.number() }),
})

/** What the API answers when it is overloaded, with status 200. */
const overload = v.object({ error: v.string() })

type Answer = v.InferOutput<typeof page | typeof overload>

/** Largest page that one request asks for; the API allows 5,000. */
const pageSize = 500

export const pipeline = definePipeline({
  name: 'users',
  source: {
    url: 'https://randomuser.me/api/',
    bundled: '/users',
    schedule: 'rate(1 minute)',
    recordsPerRun: 100,
    ...cursorInBody({
      parameter: 'page',
      query: ({ limit, seed }) => ({ results: Math.min(limit, pageSize), page: 1, seed: seed ?? 'sluice' }),
      values: (answer: Answer) => ('error' in answer ? null : answer.results),
      next: (answer) => ('error' in answer || answer.results.length === 0 ? null : answer.info.page + 1),
    }),
    response: v.lazy((answer) => (v.is(overload, answer) ? overload : page)),
    value: randomUser,
    record: ({ name, location, login, ...user }) => ({
      id: login.uuid,
      first_name: name.first,
      last_name: name.last,
      gender: user.gender,
      address: `${location.street.number} ${location.street.name}, ${location.city}, ${location.state}, ${location.country}`,
      post_code: location.postcode,
      email: user.email,
      username: login.username,
      dob: user.dob.date,
      registered_date: user.registered.date,
      phone: user.phone,
      picture: user.picture.medium,
      country: location.country,
      nationality: user.nat,
    }),
  },
  topic: {
    name: 'users_created',
    schema: userSchema,
    key: (user) => user.id,
    partitions: 6,
    retentionMs: days(7),
  },
  process: {
    topic: {
      name: 'users_enriched',
      schema: enrichedSchema,
      key: (user) => user.id,
      partitions: 6,
      retentionMs: days(7),
    },
    apply: (user) => {
      if (!user.email.includes('@') || user.first_name === '') return null
      return {
        ...user,
        age_group: ageGroup(user.dob, user.registered_date),
        email_domain: user.email.slice(user.email.lastIndexOf('@') + 1).toLowerCase(),
        country_code: user.nationality,
      }
    },
  },
  tables: [
    {
      name: 'created_users',
      partitionKey: ['id'],
      clusteringColumns: [],
      columns: {
        id: 'uuid',
        first_name: 'text',
        last_name: 'text',
        gender: 'text',
        address: 'text',
        post_code: 'text',
        email: 'text',
        username: 'text',
        dob: 'text',
        registered_date: 'text',
        phone: 'text',
        picture: 'text',
        country: 'text',
        age_group: 'text',
        email_domain: 'text',
        country_code: 'text',
      },
      ttlSeconds: null,
      rows: ({ nationality, ...user }) => [user],
    },
  ],
  analytics: [
    {
      name: 'signups_by_country',
      sources: { users: { topic: 'users_enriched', eventTime: 'record_time', watermark: '30 seconds' } },
      window: { size: '1 minute' },
      outputMode: 'update',
      result: {
        columns: {
          country: 'text',
          window_start: 'timestamp',
          window_end: 'timestamp',
          signups: 'bigint',
          distinct_users: 'bigint',
        },
        partitionKey: ['country'],
        clusteringColumns: ['window_start'],
        ttlSeconds: days(30) / 1_000,
        partitions: 3,
        retentionMs: days(7),
      },
    },
  ],
})

/** Age at registration, so that it never depends on when the record is processed. */
function ageGroup(dob: string, registered: string): string {
  const age = Math.floor((Date.parse(registered) - Date.parse(dob)) / days(365.25))
  if (Number.isNaN(age) || age < 0) return 'unknown'
  if (age < 18) return 'under 18'
  if (age < 35) return '18 to 34'
  if (age < 50) return '35 to 49'
  return age < 65 ? '50 to 64' : '65 and over'
}
