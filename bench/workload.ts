/**
 * What the event path is measured with: twelve text columns, about 550 bytes as JSON, one row per record.
 */
import * as v from 'valibot'
import { definePipeline } from '../src/core/define-pipeline.ts'
import { functionName } from '../src/core/names.ts'
import { days } from '../src/core/pipeline.ts'

const columns = {
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
} as const

const columnNames = Object.keys(columns) as (keyof typeof columns)[]

/** Only its topic and table are used: records are produced by the benchmark, not fetched. */
export const pipeline = definePipeline({
  name: 'bench',
  source: {
    url: 'https://example.com/',
    schedule: 'rate(1 day)',
    recordsPerRun: 1,
    request: () => ({ query: {} }),
    response: v.unknown(),
    read: () => null,
    value: v.unknown(),
    record: () => userAt(0),
  },
  topic: {
    name: 'bench_users',
    schema: {
      type: 'record',
      name: 'BenchUser',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'first_name', type: 'string' },
        { name: 'last_name', type: 'string' },
        { name: 'gender', type: 'string' },
        { name: 'address', type: 'string' },
        { name: 'post_code', type: 'string' },
        { name: 'email', type: 'string' },
        { name: 'username', type: 'string' },
        { name: 'dob', type: 'string' },
        { name: 'registered_date', type: 'string' },
        { name: 'phone', type: 'string' },
        { name: 'picture', type: 'string' },
      ],
    },
    key: (user) => user.id,
    partitions: 6,
    retentionMs: days(1),
  },
  tables: [
    {
      name: 'bench_users',
      partitionKey: ['id'],
      clusteringColumns: [],
      columns,
      ttlSeconds: null,
      rows: (user) => [user],
    },
  ],
})

/** Name of the function that writes the records. */
export const writeFunction = functionName(pipeline.name, 'write')

/** The user of that number: the same each time, another for each number below 2^48. */
export function userAt(number: number): Record<(typeof columnNames)[number], string> {
  const hex = number.toString(16).padStart(12, '0')
  return {
    id: `0b5e7c2a-4f1d-4c3b-8a6e-${hex}`,
    first_name: `First-${number % 997}`,
    last_name: `Last-${number % 9_973}`,
    gender: number % 2 === 0 ? 'female' : 'male',
    address: `${(number % 9_999) + 1} Long Street of Many Houses and Gardens, Second Entrance, Third Floor, Left Door, Behind the Old Mill, City of ${number % 313}, State of the Union ${number % 51}, Country of the World ${number % 17}`,
    post_code: String(10_000 + (number % 89_999)),
    email: `first-${number % 997}.last-${number % 9_973}@example.com`,
    username: `user-${hex}`,
    dob: `19${10 + (number % 89)}-03-14T10:21:33.512Z`,
    registered_date: `20${10 + (number % 15)}-11-02T17:05:09.004Z`,
    phone: `0${100_000_000 + (number % 899_999_999)}`,
    picture: `https://example.com/portraits/med/${number % 2 === 0 ? 'women' : 'men'}/${number % 100}.jpg`,
  }
}
