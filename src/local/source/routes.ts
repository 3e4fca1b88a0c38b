/**
 * What the bundled source answers: one path per pipeline, by its name.
 * Not for HTTP: see server.ts.
 */
import { clicks } from './clicks.ts'
import { logPage } from './logs/tail.ts'
import type { Machine } from './machine.ts'
import { expectOnly, limitOf, positionOf, seedOf } from './parameters.ts'
import { people } from './people.ts'
import { parseQuery } from './query.ts'
import { sensorReadings } from './sensors.ts'

/** What is real in the source's answers. */
export type Surroundings = {
  /** Holds the log files of the services. */
  readonly logs: string
  readonly machine: Machine
}

type Route = (parameters: URLSearchParams, surroundings: Surroundings) => object | Promise<object>

/** The seed of a stream that nobody gave one. */
const defaultSeed = 'sluice'

/** By path, without the slash. */
export const routes: Readonly<Record<string, Route>> = {
  /** People in the shape of randomuser.me 1.4: an error is an answer of status 200, too. */
  users(parameters) {
    const query = parseQuery(parameters)
    if ('error' in query) return query
    const { seed, results, page } = query
    return { results: people(query), info: { seed, results, page, version: '1.4' } }
  },

  /** Log entries of this environment's services. `after` is the `next` of the page before. */
  logs(parameters, { logs }) {
    expectOnly(parameters, ['after', 'limit'])
    return logPage(logs, parameters.get('after'), limitOf(parameters))
  },

  /** Readings of this machine, or, with `seed`, of made-up sensors. `after` is the `next` of the page before. */
  iot(parameters, { machine }) {
    expectOnly(parameters, ['after', 'limit', 'seed'])
    const [seed, limit] = [seedOf(parameters), limitOf(parameters)]
    if (seed === null) return machine.page(parameters.get('after'), limit)
    const { readings, next } = sensorReadings(seed, positionOf(parameters), limit)
    return { readings, next: String(next) }
  },

  /** Events of a made-up shop. `after` is the `next` of the page before: the number of events before the page. */
  clickstream(parameters) {
    expectOnly(parameters, ['after', 'limit', 'seed'])
    const [after, limit] = [positionOf(parameters), limitOf(parameters)]
    return { events: clicks(seedOf(parameters) ?? defaultSeed, after, limit), next: String(after + limit) }
  },
}
