/**
 * All demos: a new one is a file beside this and a line here.
 */
import { SluiceError } from '../core/errors.ts'
import type { Demo } from './demo.ts'
import { demo as iot } from './iot.ts'
import { demo as logs } from './logs.ts'
import { demo as usersAnalytics } from './users-analytics.ts'

/** The demos in the order in which help lists them. */
export const demos: readonly Demo[] = [usersAnalytics, iot, logs]

/** The demo of that name. Fails with ARGUMENT_INVALID, naming those there are. */
export function findDemo(name: string): Demo {
  const found = demos.find((demo) => demo.name === name)
  if (found) return found
  const names = demos.map((demo) => demo.name).join(', ')
  throw new SluiceError('ARGUMENT_INVALID', `there is no demo "${name}": there are ${names}`)
}
