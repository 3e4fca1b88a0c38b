/**
 * The command line: runs one command of the program and reports how it ended.
 */
import { CommanderError } from 'commander'
import { reportFailure } from './failure.ts'

/** How long what a command left open, such as a connection that broke, may keep the process of a command that is done, in ms. */
const lingerMs = 5_000

try {
  // Loaded here, so that a pipeline definition that breaks a rule is reported as any other failure is.
  const { createProgram } = await import('./program.ts')
  await createProgram().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else reportFailure(error)
}
setTimeout(() => {
  // What is still on its way to a slow reader goes first.
  if (process.stdout.writableLength === 0) process.exit()
}, lingerMs).unref()
