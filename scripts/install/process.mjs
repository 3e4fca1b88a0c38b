/** Runs a program to its end and keeps its output. */
import { spawn } from 'node:child_process'

/** A failure that has been put in words for the user: shown without a stack trace. */
export class InstallError extends Error {
  expected = true
}

/** The program's combined output and exit code; code null when it could not be started. `onLine` sees each line. */
export function run(program, args, { cwd, env = process.env, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let rest = ''
    const take = (chunk) => {
      output += chunk
      if (!onLine) return
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()
      for (const line of lines) onLine(line)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.once('error', () => resolve({ code: null, output }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** As {@link run}, and fails in one sentence with the last lines of the output. */
export async function runOrFail(what, program, args, options) {
  const { code, output } = await run(program, args, options)
  if (code === 0) return output
  const how = code === null ? 'could not be started' : `ended with exit code ${code}`
  throw new InstallError(`${what} failed: ${program} ${how}.\n${shortened(output)}`)
}

/** The first and the last lines of an output: tools say what went wrong in either place. */
function shortened(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  return lines.length <= 16 ? lines.join('\n') : [...lines.slice(0, 8), '…', ...lines.slice(-8)].join('\n')
}
