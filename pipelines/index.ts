/**
 * All pipelines: a new one is a file beside this and a line here.
 */
import type { Pipeline } from '../src/core/pipeline.ts'
import { pipeline as clickstream } from './clickstream.ts'
import { pipeline as iot } from './iot.ts'
import { pipeline as logs } from './logs.ts'
import { pipeline as users } from './users.ts'

/** The pipelines of the app, in the order in which tools list them. */
export const pipelines: readonly Pipeline[] = [users, clickstream, iot, logs]
