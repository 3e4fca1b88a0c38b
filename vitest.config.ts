/**
 * Test projects. `npm test` runs unit, types, synth, functions, contract, system and spark; `npm run test:full` also
 * commands, conformance, faults, demos and browser.
 */
import { defineConfig } from 'vitest/config'

/** Projects that start services take them one file after another, as each start fills a small machine. */
const withServices = {
  globalSetup: ['tests/install.ts'],
  fileParallelism: false,
  // kafkajs 2.2.4 sets timers in the past, of which Node 24 warns.
  execArgv: ['--disable-warning=TimeoutNegativeWarning'],
  testTimeout: 120_000,
  hookTimeout: 180_000,
}

const project = (name: string, options: object = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...options },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 30_000 }),
      project('types', { testTimeout: 60_000 }),
      project('synth', { globalSetup: ['tests/install.ts'], testTimeout: 60_000, hookTimeout: 120_000 }),
      project('functions', { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('contract', withServices),
      project('system', withServices),
      project('commands', withServices),
      project('conformance', { ...withServices, maxConcurrency: 8 }),
      project('spark', { ...withServices, testTimeout: 300_000 }),
      project('demos', { ...withServices, testTimeout: 900_000 }),
      project('bench', { ...withServices, testTimeout: 600_000 }),
      project('browser', { ...withServices, testTimeout: 300_000, expect: { poll: { timeout: 30_000 } } }),
      project('faults', { ...withServices, testTimeout: 300_000 }),
    ],
  },
})
