/**
 * The page docs/event-source-conformance.md, from the cases and the results of their last run.
 */
import { resolve } from 'node:path'
import { type ConformanceCase, pages } from './case.ts'
import { emulators } from './emulators.ts'

const clone = resolve(import.meta.dirname, '../..')

/** Behaviours that held in the last run, as JSON. */
export const resultsFile = resolve(clone, '.sluice/conformance.json')
/** The page. */
export const pageFile = resolve(clone, 'docs/event-source-conformance.md')

/** The page's text; `passed` names the behaviours that held. */
export function renderPage(cases: readonly ConformanceCase[], passed: ReadonlySet<string>): string {
  const names = Object.keys(emulators)
  const held = cases.filter(({ behaviour }) => passed.has(behaviour)).length
  const inferred = cases.filter(({ source }) => source === pages.inferred).length
  const rows = cases.map(({ behaviour, source, feature }, index) => {
    const others = names.map((name) => emulators[name]?.[feature])
    return row(index + 1, behaviour, source, passed.has(behaviour) ? 'holds' : 'does not hold', ...others)
  })
  return `# Event source mappings: what is verified

Each line is a test of the poller on Apache Kafka 4.3, with real functions invoked through the Lambda Invoke API and real SQS, SNS and S3
calls against MiniStack. ${held} of ${cases.length} held in the last run. ${inferred} behaviours that AWS does not document are marked *inferred*; each has a named
setting in \`src/event-source/settings.ts\` or a decision record.

\`npx vitest run --project conformance\` runs them, \`node scripts/conformance-page.ts\` writes this page from the last run. The columns on
the right are what other emulators document of the feature (November 2026; LocalStack: its licensed editions), not what we measured.

${row('', 'Behaviour', 'Source', 'Sluice', ...names)}
${row('---', '---', '---', '---', ...names.map(() => '---'))}
${rows.join('\n')}

## Known differences from AWS
- The poller runs where Kafka is reachable; VPC, IAM roles and execution logs have no part in it. \`LoggingConfig\` and \`ConsumptionMode: Queue\` are refused.
- A change of what a mapping reads is refused instead of replacing the mapping, since there is no CloudFormation behind a parameter.
- Pollers are members of the consumer group in one process, at most as many as the machine has cores, and scale within seconds, not minutes.
- A schema registry's schemas are read where they are Avro; records of Protobuf and JSON Schema hold their partition and are named.
- A record too large for any payload and without a destination holds its partition; what AWS does with it is not documented.

## Known differences of the emulator
- MiniStack's functions share the machine with everything else, so that times are not those of AWS.
- SQS, SNS and S3 of MiniStack check no permissions.
`
}

const row = (...cells: readonly unknown[]) =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
