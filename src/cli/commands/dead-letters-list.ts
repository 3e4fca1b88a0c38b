/**
 * `sluice dead-letters list [topic]`: what was given up, why, and whether it was sent back.
 */
import { Command } from 'commander'
import { pipelines } from '../../../pipelines/index.ts'
import { formatPosition } from '../../core/headers.ts'
import { withClients } from '../../operations/clients.ts'
import type { DeadLetter } from '../../operations/dead-letters/dead-letter.ts'
import { deadLettersOf } from '../../operations/dead-letters/dead-letters.ts'
import { findTopic, ownedTopics } from '../../operations/dead-letters/redrive.ts'
import { countUpTo } from '../arguments.ts'
import { runningStack } from '../environment-option.ts'
import { printJson, printProgress, printResult } from '../output.ts'
import { textTable } from '../text-table.ts'

type Options = { environment: string; limit: number; json?: true }

/** The command. */
export function listCommand(): Command {
  return new Command('list')
    .description('list dead letters with code, reason and state, no data')
    .argument('[topic]', 'only those of this topic')
    .option('--limit <n>', 'how many of the latest of each topic at most', countUpTo(1_000_000), 50)
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run sluice -- dead-letters list\n  npm run sluice -- dead-letters list users_created --limit 5',
    )
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const { environment, limit, json } = command.optsWithGlobals<Options>()
      const topics = (name ? [findTopic(pipelines, name)] : ownedTopics(pipelines)).map(({ topic }) => topic)
      const { endpoints } = runningStack(environment)
      const all = await withClients(endpoints, (clients) =>
        Promise.all(topics.map((topic) => deadLettersOf(topic, clients))),
      )
      const letters = all.flatMap((each) => each.slice(-limit))
      if (json) for (const letter of letters) printJson({ ...letter, topic: letter.position.topic })
      else if (letters.length > 0) printResult(textTable([header, ...letters.map(cells)]))
      printProgress(summary(all.flat(), letters.length))
    })
}

const header = ['dead letter', 'state', 'code', 'stage', 'record given up', 'redrives', 'reason']

function cells({ position, state, code, stage, origin, redrives, reason }: DeadLetter): string[] {
  const given = origin ? formatPosition(origin) : '(a fetched value)'
  return [formatPosition(position), state, code, stage, given, String(redrives), reason]
}

function summary(all: readonly DeadLetter[], shown: number): string {
  const count = (state: DeadLetter['state']) => all.filter((letter) => letter.state === state).length
  const more = shown < all.length ? `, the latest ${shown} shown: raise --limit` : ''
  const repeated = count('repeated') > 0 ? `, ${count('repeated')} repeated` : ''
  return `${all.length} dead letters: ${count('waiting')} waiting, ${count('redriven')} redriven, ${count('parked')} parked${repeated}${more}`
}
