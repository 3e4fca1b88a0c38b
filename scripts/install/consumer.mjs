/**
 * How the process of a consumer is started that is to stay small for months: `sluice run`, and what the benchmark measures.
 */
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * Flags of Node, for all its threads: room of 8 MB for young objects, twice what an event of 500 records leaves behind, so
 * that they are dead when it is cleared; and one thread of V8's own.
 */
export const consumerFlags = ['--disable-warning=TimeoutNegativeWarning', '--max-semi-space-size=8', '--v8-pool-size=1']

/** With compiled sources at hand Node loads no TypeScript compiler; glibc keeps less for threads that share an arena. */
export const consumerEnvironment = {
  NODE_COMPILE_CACHE: join(root, '.sluice', 'cache', 'compile'),
  MALLOC_ARENA_MAX: '1',
}
