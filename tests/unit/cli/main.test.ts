import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const main = resolve(import.meta.dirname, '../../../src/cli/main.ts')

type Ended = { code: unknown; stdout: string; stderr: string }

const sluice = (...args: string[]): Promise<Ended> => sluiceOf(main, ...args)

function sluiceOf(program: string, ...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], { timeout: 25_000 }, (error, stdout, stderr) => {
      done({ code: error ? error.code : 0, stdout, stderr })
    })
  })
}

describe('the command line', { timeout: 30_000 }, () => {
  test.concurrent.each([
    [
      ['up', '--records', '0'],
      "option '--records <n>' argument '0' is invalid. Allowed is a whole number from 1 to 1,000,000.",
    ],
    [
      ['rows', 'created_users', '--limit', 'all'],
      "option '--limit <n>' argument 'all' is invalid. Allowed is a whole number from 1 to 1,000,000.",
    ],
    [['reconcil', 'users'], "unknown command 'reconcil'\n(Did you mean reconcile?)"],
    [['reconcile', 'users', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['trigger'], "missing required argument 'pipeline'"],
    [['reconcile', 'user'], 'PIPELINE_UNKNOWN: there is no pipeline "user": there are users'],
    [
      ['status', '--environment', 'no-such-environment'],
      'STACK_NOT_RUNNING: environment "no-such-environment" is not up: start it with "npm start -- --environment no-such-environment"',
    ],
    [['event-sources', 'lst'], "unknown command 'lst'\n(Did you mean list?)"],
    [['event-sources', 'disable'], "missing required argument 'id'"],
    [['replay', 'users'], 'ARGUMENT_INVALID: say from where: --from 0'],
    [
      ['replay', 'user', '--from', '0'],
      'PIPELINE_UNKNOWN: there is no pipeline "user": there are users, clickstream, iot, logs',
    ],
    [['replay', 'users', '--stage', 'ingest'], "argument 'ingest' is invalid. Allowed choices are process, write."],
    [['replay', 'users', '--from', 'monday'], "argument 'monday' is invalid. Allowed is an offset (1200), a list"],
    [
      ['up', '--pipelines', 'users,nobody'],
      'PIPELINE_UNKNOWN: there is no pipeline "nobody": there are users, clickstream, iot, logs',
    ],
    [['dead-letters', 'lst'], "unknown command 'lst'\n(Did you mean list?)"],
    [
      ['dead-letters', 'show', 'users_created', '0', 'last'],
      "command-argument value 'last' is invalid for argument 'offset'. Allowed is a whole number from 0.",
    ],
    [['dead-letters', 'list', 'users'], 'there is no topic "users" with dead letters: there are users_created'],
    [
      ['dead-letters', 'redrive', 'users_created'],
      'ARGUMENT_INVALID: say which dead letters: either --offset <n> (with --partition <n>), or --all',
    ],
    [['logs', 'sluice-users'], 'ARGUMENT_INVALID: there is no function "sluice-users": there are sluice-users-ingest'],
    [['invoke', 'sluice-user'], 'ARGUMENT_INVALID: there is no function "sluice-user": there are sluice-users-ingest'],
    [
      ['invoke', 'f', '--environment', '../x'],
      "option '--environment <name>' argument '../x' is invalid. Allowed are lower-case letters, digits and hyphens, 41 at most.",
    ],
    [['deploy'], 'ARGUMENT_INVALID: say where to: --target embedded, --target localstack, --target aws'],
    [['deploy', '--target', 'cloud'], "argument 'cloud' is invalid. Allowed choices are embedded, localstack, aws."],
    [['deploy', '--target', 'aws'], 'ARGUMENT_INVALID: --target aws needs --stage dev or --stage prod'],
    [['diff', '--target', 'aws', '--stage', 'dev'], 'ARGUMENT_INVALID: --target aws needs --account <id>'],
    [['diff', '--target', 'aws', '--account', '12'], 'Allowed are the 12 digits of an AWS account.'],
    [
      ['diff', '--target', 'embedded', '--stage', 'dev'],
      'ARGUMENT_INVALID: --stage belongs to --target aws: leave it out',
    ],
    [['deploy', '--target', 'localstack', '-c', 'cluster'], 'Allowed is key=value.'],
    [
      ['destroy', '--target', 'aws', '--stage', 'dev', '--account', '123456789012', '--delete-data', 'prod'],
      'ARGUMENT_INVALID: --delete-data is "prod", but the stage is "dev"',
    ],
    [
      ['deploy', '--target', 'embedded', '--environment', 'no-such-environment'],
      'STACK_NOT_RUNNING: environment "no-such-environment" is not up',
    ],
  ])('refuses %j with what is allowed, on stderr, with exit code 1', async (args, sentence) => {
    const { code, stdout, stderr } = await sluice(...args)
    expect(stderr).toContain(sentence)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).not.toContain('    at ')
  })

  test.concurrent('lists its commands, each with a line of help', async () => {
    const { code, stdout } = await sluice('--help')
    expect(code).toBe(0)
    const commands = ['up', 'down', 'status', 'doctor', 'topics', 'trigger', 'reconcile', 'rows']
    commands.push('dead-letters', 'logs', 'invoke')
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} .*  \\w+`, 'm'))
  })

  test.concurrent.each(['up', 'rows', 'invoke', 'doctor', 'topics', 'dead-letters', 'logs'])(
    '%s --help has an example that begins with npm',
    async (name) => {
      const { code, stdout } = await sluice(name, '--help')
      expect(code).toBe(0)
      expect(stdout).toMatch(/Examples?:\n {2}npm (start|run sluice -- )/)
    },
  )

  test.concurrent('the example of invoke names an event that exists', async () => {
    const { stdout } = await sluice('invoke', '--help')
    const [, file = 'none'] = /--event (tests\S+)/.exec(stdout) ?? []
    expect(existsSync(resolve(import.meta.dirname, '../../..', file))).toBe(true)
  })

  test.concurrent('a command that is done ends, whatever it left open', async () => {
    const open = "data:text/javascript,import net from 'node:net'; net.createServer().listen(0, '127.0.0.1')"
    const ended = await new Promise((done) => {
      execFile(process.execPath, ['--import', open, main, 'trigger'], { timeout: 25_000 }, (error) => done(error?.code))
    })
    expect(ended).toBe(1)
  })

  test.concurrent('down succeeds where nothing runs', async () => {
    const { code, stderr } = await sluice('down', '--environment', 'no-such-environment')
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'environment "no-such-environment" is not up\n' })
  })
})

test('a pipeline definition that breaks a rule is one sentence, whatever the command', async () => {
  const clone = resolve(import.meta.dirname, '../../..')
  const work = join(clone, '.sluice')
  mkdirSync(work, { recursive: true })
  const copy = mkdtempSync(join(work, 'test-definition-'))
  try {
    for (const folder of ['src', 'pipelines', 'scripts'])
      cpSync(join(clone, folder), join(copy, folder), { recursive: true })
    const definition = join(copy, 'pipelines/users.ts')
    writeFileSync(definition, readFileSync(definition, 'utf8').replace("partitionKey: ['id']", "partitionKey: ['idd']"))
    const { code, stderr } = await sluiceOf(join(copy, 'src/cli/main.ts'), 'status')
    expect(stderr).toMatch(
      /^PIPELINE_INVALID: .*users.*tables\[0\] key column is "idd", but it must be one of id, .*\n$/,
    )
    expect(code).toBe(1)
  } finally {
    rmSync(copy, { recursive: true })
  }
}, 30_000)
