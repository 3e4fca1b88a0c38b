/**
 * What other emulators document of each feature. Facts as of November 2026.
 */

/** yes, no, or nothing said. */
export type Support = 'yes' | 'no' | 'not said'

/** Parts of a Kafka event source mapping. */
export const features = [
  'event',
  'batching',
  'order',
  'concurrency',
  'commit',
  'starting position',
  'retries',
  'record age',
  'bisect',
  'partial response',
  'destinations',
  'destination first',
  'conditions',
  'filters',
  'schema registry',
  'lifecycle',
  'metrics',
  'pollers',
] as const
export type Feature = (typeof features)[number]

const nothingSaid = Object.fromEntries(features.map((feature) => [feature, 'not said'])) as Record<Feature, Support>

/** By emulator; LocalStack's are those of its licensed editions. */
export const emulators: Readonly<Record<string, Readonly<Record<Feature, Support>>>> = {
  LocalStack: {
    ...nothingSaid,
    event: 'yes',
    retries: 'no',
    'record age': 'no',
    bisect: 'no',
    'partial response': 'no',
    destinations: 'no',
    'destination first': 'no',
    conditions: 'no',
    pollers: 'no',
  },
  gopherstack: {
    ...nothingSaid,
    event: 'yes',
    batching: 'yes',
    order: 'yes',
    concurrency: 'no',
    commit: 'yes',
    retries: 'yes',
    'record age': 'yes',
    bisect: 'yes',
    'partial response': 'no',
    destinations: 'yes',
    'destination first': 'no',
    conditions: 'no',
    filters: 'yes',
    'schema registry': 'no',
    pollers: 'no',
  },
  stackd: {
    ...nothingSaid,
    event: 'yes',
    concurrency: 'yes',
    commit: 'yes',
    retries: 'no',
    bisect: 'no',
    'partial response': 'no',
    destinations: 'no',
    'destination first': 'no',
    conditions: 'no',
    filters: 'yes',
    'schema registry': 'no',
    pollers: 'no',
  },
}
