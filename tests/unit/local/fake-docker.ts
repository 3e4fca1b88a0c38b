/**
 * A `docker` on the PATH that is none: it keeps its arguments, answers as told, and knows of each container only
 * whether it runs.
 */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'

/** What a call with these words in it prints, and how it ends; a call that nothing is said about succeeds. */
export type Answer = {
  readonly words: string
  readonly code?: number
  readonly stdout?: string
  readonly stderr?: string
}

/** A call, without the options that all have. */
export type Call = { readonly args: string; readonly env: Readonly<Record<string, string>> }

const program = (folder: string) => `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const folder = ${JSON.stringify(folder)}
const args = process.argv.slice(2).join(' ').replace(/--file \\S+ --project-name \\S+ --ansi never /, '')
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(SLUICE|COMPOSE)_/.test(name)))
appendFileSync(folder + '/calls', JSON.stringify({ args, env }) + '\\n')
const { code = 0, stdout = '', stderr = '' } = JSON.parse(readFileSync(folder + '/answers', 'utf8'))
  .find(({ words }) => args.includes(words)) ?? {}
process.stdout.write(stdout)
process.stderr.write(stderr)
const runs = folder + '/runs-' + args.split(' ').at(-1)
if (/^compose up/.test(args) && code === 0) writeFileSync(runs, '')
if (/^compose (stop|kill --signal SIG(KILL|TERM))/.test(args)) rmSync(runs, { force: true })
if (/^compose wait/.test(args)) setInterval(() => existsSync(runs) || process.exit(code), 10)
else process.exitCode = code
`

/** The PATH until the test's end, and after what the test ends there. */
export function path(value: string): void {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('PATH', value)
}

/** Puts it first on the PATH until the test's end. */
export function fakeDocker(...answers: Answer[]) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'answers'), JSON.stringify(answers))
  writeFileSync(join(folder, 'docker'), program(folder))
  chmodSync(join(folder, 'docker'), 0o755)
  path([folder, process.env.PATH].join(delimiter))
  const calls = (): Call[] => {
    const file = join(folder, 'calls')
    if (!existsSync(file)) return []
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
  return {
    calls,
    /** The arguments of each call in order. */
    said: () => calls().map(({ args }) => args),
    isRunning: (container: string) => existsSync(join(folder, `runs-${container}`)),
    /** What a crash does. */
    end: (container: string) => rmSync(join(folder, `runs-${container}`)),
  }
}
