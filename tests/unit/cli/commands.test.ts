/**
 * Every command and every option, found rather than listed: whatever is not allowed is refused before anything is done.
 */
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command, Option } from 'commander'
import { describe, expect, test } from 'vitest'

const folder = resolve(import.meta.dirname, '../../../src/cli/commands')
const files = readdirSync(folder)

/** A new command from each file, as commander keeps what it parsed. */
async function commandsOf(file: string): Promise<Command[]> {
  const module = (await import(resolve(folder, file))) as Record<string, unknown>
  const made = Object.entries(module).flatMap(([name, make]) =>
    name.endsWith('Command') ? [(make as () => Command)()] : [],
  )
  return made.flatMap(withSubcommands)
}

function withSubcommands(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(withSubcommands)
}

type Case = { readonly file: string; readonly at: number; readonly name: string }
const found = await Promise.all(
  files.map(
    async (file): Promise<Case[]> =>
      (await commandsOf(file)).map((command, at) => ({ file, at, name: pathOf(command) })),
  ),
)
const cases = found.flat()

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

/** What is said on stderr to arguments that are refused. An action that begins instead fails the test. */
async function refusal({ file, at }: Case, args: readonly string[]): Promise<string> {
  const command = (await commandsOf(file))[at] as Command
  let said = ''
  command.exitOverride().configureOutput({ writeErr: (text) => (said += text) })
  command.action(() => {
    throw new Error(`${args.join(' ')} is accepted`)
  })
  await expect(command.parseAsync(args, { from: 'user' }), args.join(' ')).rejects.toMatchObject({ exitCode: 1 })
  return said
}

async function optionsOf({
  file,
  at,
}: Case): Promise<{ options: readonly Option[]; required: string[]; takesAny: boolean }> {
  const command = (await commandsOf(file))[at] as Command
  const required = command.registeredArguments.filter((argument) => argument.required).map(() => 'x')
  const takesAny = command.registeredArguments.some(({ variadic }) => variadic)
  return { options: command.options, required, takesAny }
}

test('there is a command in each file', () => {
  expect(found.filter((commands) => commands.length === 0)).toEqual([])
  expect(cases.length).toBeGreaterThanOrEqual(7)
})

describe.each(cases)('$name', (command) => {
  test('refuses an option that it does not have', async () => {
    const { required } = await optionsOf(command)
    expect(await refusal(command, [...required, '--no-such-option'])).toContain("unknown option '--no-such-option'")
  })

  test('says in its help what it is for, and gives an example that calls it by its name', async () => {
    const made = (await commandsOf(command.file))[command.at] as Command
    let help = ''
    made.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
    expect(made.description()).not.toBe('')
    const example = help
      .slice(help.search(/^Examples?:$/m))
      .split('\n')
      .slice(1)
    const called =
      command.name === 'up' ? /^ {2}npm start/ : new RegExp(`^ {2}npm run sluice -- (\\S+ )?${command.name}\\b`)
    expect(example.filter((line) => called.test(line))).not.toEqual([])
  })

  test('refuses an argument too many, and one too few by name', async () => {
    const { required, takesAny } = await optionsOf(command)
    if (!takesAny) expect(await refusal(command, Array(9).fill('x'))).toMatch(/too many arguments/)
    if (required.length > 0) expect(await refusal(command, [])).toMatch(/missing required argument '\w+'/)
  })

  test('names what is allowed for each option that takes a number or the name of an environment', async () => {
    const { options, required } = await optionsOf(command)
    for (const { long, flags } of options) {
      if (!/<(n|name)>$/.test(flags)) continue
      for (const wrong of ['../x', '1.5', '-1', '']) {
        expect(await refusal(command, [...required, `${long}=${wrong}`])).toMatch(/is invalid\. Allowed (is|are) \w+/)
      }
    }
  })

  test('wants a value for each option that takes one', async () => {
    const { options, required } = await optionsOf(command)
    for (const option of options) {
      if (!option.required) continue
      const said = await refusal(command, [...required, option.long ?? ''])
      expect(said).toContain(`option '${option.flags}' argument missing`)
    }
  })
})
