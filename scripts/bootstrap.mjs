/**
 * Where `npm start`, `npm test` and `npm run sluice` begin: installs what is missing, then goes on under Node 24.
 * Written for the host's own Node, built-ins only.
 */
const startedAt = Date.now()
const [major] = process.versions.node.split('.')
if (Number(major) < 20) {
  process.stderr.write(
    `Sluice needs Node 20 or later to start, and this is ${process.versions.node}: install it from nodejs.org (macOS: brew install node).\n`,
  )
  process.exit(1)
}

const { install } = await import('./install.mjs')
const { consumerEnvironment, consumerFlags } = await import('./install/consumer.mjs')
const { runInOrder } = await import('./install/handover.mjs')

const [command, ...args] = process.argv.slice(2)
const report = (line) => process.stderr.write(`${line}\n`)
/** kafkajs 2.2.4 sets timers in the past, of which Node 24 warns; they fire at once, as meant. */
const main = ['node', '--disable-warning=TimeoutNegativeWarning', 'src/cli/main.ts']
const quickProjects = ['unit', 'types', 'synth', 'functions', 'contract', 'system', 'spark']
const checks = [['biome', 'check', '.'], ['tsc'], ['tsc', '-p', 'src/console/pages']]

/** The programs of node_modules/.bin that a command runs, in order; the first failure ends it. */
const programs = {
  up: () => [[...main, 'up', ...args]],
  sluice: () => (args[0] === 'run' ? consumer() : [[...main, ...args]]),
  'bench:event-source': () => [['node', '--disable-warning=TimeoutNegativeWarning', 'bench/event-source.ts', ...args]],
  test: () => [...checks, ['vitest', 'run', ...quickProjects.flatMap((name) => ['--project', name]), ...args]],
  'test:full': () => [...checks, ['vitest', 'run', ...args]],
  install: () => [],
}

/** With Docker for the services, neither Maven nor Python is needed. */
function purpose() {
  if (command.startsWith('test')) return 'tests'
  return command === 'up' && args.some((arg) => /^--docker(=|$)/.test(arg)) ? 'containers' : 'services'
}

/** `sluice run`, with the settings of a process that stays small. */
function consumer() {
  Object.assign(process.env, consumerEnvironment)
  return [['node', ...consumerFlags, 'src/cli/main.ts', ...args]]
}

if (!Object.hasOwn(programs, command ?? '')) {
  report(`usage: node scripts/bootstrap.mjs ${Object.keys(programs).join(' | ')}`)
  process.exit(2)
}
try {
  await install({ report, purpose: purpose() })
} catch (error) {
  report(error?.expected ? error.message : String(error?.stack ?? error))
  process.exit(1)
}
process.env.SLUICE_STARTED_AT = String(startedAt)
await runInOrder(programs[command]())
