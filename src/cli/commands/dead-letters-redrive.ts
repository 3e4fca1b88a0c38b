/**
 * `sluice dead-letters redrive <topic>`: sends dead letters back to the topic of the record that was given up.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { SluiceError } from '../../core/errors.ts'
import { formatPosition } from '../../core/headers.ts'
import { parkingTopic } from '../../core/names.ts'
import { withClients } from '../../operations/clients.ts'
import { findTopic, planRedrive, redrive } from '../../operations/dead-letters/redrive.ts'
import { type RedriveStep, redriveLimit, type Selection } from '../../operations/dead-letters/redrive-plan.ts'
import { errorCode, wholeNumber } from '../arguments.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = {
  environment: string
  partition: number
  offset?: number
  all?: true
  code?: string
  dryRun?: true
  json?: true
}

/** The command. Done again, it sends nothing that was sent before. */
export function redriveCommand(): Command {
  return new Command('redrive')
    .description(`send dead letters back to their topic; after ${redriveLimit} times in vain to its parking topic`)
    .argument('<topic>', 'the topic, with or without .dlt')
    .option('--partition <n>', 'with --offset: partition on the .dlt topic', wholeNumber, 0)
    .option('--offset <n>', 'one dead letter, by its offset on the .dlt topic', wholeNumber)
    .option('--all', 'all that wait')
    .option('--code <code>', 'with --all: only those given up with this code', errorCode)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
Examples:
  npm run sluice -- dead-letters redrive users_created --all --dry-run
  npm run sluice -- dead-letters redrive users_created --all --code SCHEMA_UNKNOWN
  npm run sluice -- dead-letters redrive users_enriched --offset 12`,
    )
    .action(async (name: string, _: unknown, command: Command) => {
      const { environment, dryRun = false, json, ...options } = command.optsWithGlobals<Options>()
      const owned = findTopic(pipelines, name)
      const selection = selectionOf(options)
      const { endpoints } = runningStack(environment)
      const steps = await withClients(endpoints, async (clients) => {
        const plan = await planRedrive(owned, selection, clients)
        if (!dryRun) await redrive(owned, plan, clients)
        return plan
      })
      if (json) return printJson({ topic: owned.topic, dryRun, ...counts(steps), steps: steps.map(stepJson) })
      if (steps.length > 0) printResult(textTable(steps.map(stepCells)))
      printResult(verdict(owned.topic, steps, dryRun))
    })
}

function selectionOf({ partition, offset, all, code }: Omit<Options, 'environment'>): Selection {
  if (offset !== undefined && !all && !code) return { partition, offset }
  if (offset === undefined && all) return { all: true, code: code ?? null }
  throw new SluiceError(
    'ARGUMENT_INVALID',
    'say which dead letters: either --offset <n> (with --partition <n>), or --all (with --code <code>)',
  )
}

function counts(steps: readonly RedriveStep[]) {
  const count = (action: RedriveStep['action']) => steps.filter((step) => step.action === action).length
  return { redriven: count('redrive'), parked: count('park'), skipped: count('skip'), refused: count('refuse') }
}

function stepJson({ letter: { position, origin, code, redrives }, action, reason }: RedriveStep) {
  return {
    deadLetter: formatPosition(position),
    origin: origin && formatPosition(origin),
    code,
    redrives,
    action,
    reason,
  }
}

function stepCells({ letter, action, reason }: RedriveStep): string[] {
  return [formatPosition(letter.position), action, letter.code, reason]
}

function verdict(topic: string, steps: readonly RedriveStep[], dryRun: boolean): string {
  if (steps.length === 0) return `no dead letter of ${topic} fits`
  const { redriven, parked, skipped, refused } = counts(steps)
  const parts = [
    `${redriven} ${dryRun ? 'would be ' : ''}sent back to ${topic}`,
    `${parked} parked in ${parkingTopic(topic)}`,
    `${skipped} skipped`,
    `${refused} refused`,
  ]
  return parts.join(', ')
}
