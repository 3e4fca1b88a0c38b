/**
 * Broken definitions: synth ends with one sentence that names file, field and rule, and leaves no assembly.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pipeline } from '../../pipelines/users.ts'
import { root, scratch } from './templates.ts'

type Files = Readonly<Record<string, string>>
type Ended = { readonly code: unknown; readonly stderr: string; readonly assembly: boolean }

const users = readFileSync(join(root, 'pipelines/users.ts'), 'utf8')
const sql = readFileSync(join(root, 'spark/signups_by_country.sql'), 'utf8')
let copies = 0

/** What the SQL of the job may name. */
const columns = [...(pipeline.process?.topic.schema.fields ?? []), { name: 'record_time' }, { name: 'window' }]
  .map(({ name }) => `users.${name}`)
  .join(', ')

/** The text with a replacement, which must apply. */
function changed(from: string, to: string, text = users): string {
  if (!text.includes(from)) throw new Error(`the definition does not hold: ${from}`)
  return text.replace(from, to)
}

/** A copy of the app with other files in pipelines/. */
function copyOf(files: Files): string {
  const app = join(scratch, `definitions-${copies++}`)
  mkdirSync(app)
  for (const name of ['cdk', 'functions', 'layers', 'pipelines', 'scripts', 'spark', 'src', 'package.json']) {
    cpSync(join(root, name), join(app, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(app, 'pipelines', name), text)
  return app
}

/** Runs the app as `cdk` does, but for the functions' bundles. */
function synthIn(app: string, context: object = {}): Promise<Ended & { readonly out: string }> {
  const out = join(app, 'out')
  const whole = { target: 'embedded', 'aws:cdk:bundling-stacks': [], ...context }
  const env = { CDK_CONTEXT_JSON: JSON.stringify(whole), CDK_OUTDIR: out }
  return new Promise((ended) => {
    execFile(process.execPath, ['cdk/app.ts'], { cwd: app, env }, (error, _, stderr) => {
      ended({ code: error?.code ?? 0, stderr, assembly: existsSync(join(out, 'manifest.json')), out })
    })
  })
}

async function synth(files: Files): Promise<Ended> {
  const { out: _, ...ended } = await synthIn(copyOf(files))
  return ended
}

const index = (...names: string[]) =>
  [
    "import type { Pipeline } from '../src/core/pipeline.ts'",
    ...names.map((name) => `import { pipeline as ${name} } from './${name}.ts'`),
    `export const pipelines: readonly Pipeline[] = [${names.join(', ')}]`,
  ].join('\n')

/** A second pipeline with names of its own, and no job. */
const jobs = /^ {2}analytics: \[\n[\s\S]+?^ {2}\],\n/m
const people = ['users_created', 'users_enriched', 'created_users'].reduce(
  (text, name) => changed(`name: '${name}'`, `name: '${name.replace('users', 'people')}'`, text),
  changed("name: 'users',", "name: 'people',").replace(jobs, ''),
)
const both = (second: string): Files => ({ 'people.ts': second, 'index.ts': index('users', 'people') })

test.concurrent.each<[string, Files, string]>([
  [
    'a schedule in words',
    { 'users.ts': changed('rate(1 minute)', 'hourly') },
    'pipelines/users.ts: pipeline "users": source.schedule is "hourly", but it must be rate(1 minute), rate(5 minutes), the same with hours or days, or cron(…)',
  ],
  [
    'a name that is none',
    { 'users.ts': changed("name: 'users',", "name: 'Users',") },
    'pipelines/users.ts: pipeline "Users": name is "Users", but it must be lower-case letters, digits and hyphens, 31 at most',
  ],
  [
    'a second file that breaks a rule under the name of the first',
    both(changed('partitions: 6', 'partitions: 0')),
    'pipelines/people.ts: pipeline "users": topic.partitions is 0, but it must be a whole number from 1',
  ],
  [
    'a file of another name than its pipeline',
    { 'people.ts': changed("name: 'users',", "name: 'persons',"), 'index.ts': index('people') },
    'pipeline "persons" is not the const "pipeline" of pipelines/persons.ts: file and pipeline need the same name',
  ],
  [
    'two pipelines of one name',
    both(changed("name: 'people',", "name: 'users',", people)),
    'pipeline "users" is not the const "pipeline" of pipelines/users.ts: file and pipeline need the same name',
  ],
  [
    'two topics of one name',
    both(changed("name: 'people_created'", "name: 'users_enriched'", people)),
    'two topics are called "users_enriched", in pipelines/users.ts and in pipelines/people.ts: rename one of them',
  ],
  [
    'a job over a column that its topic has not',
    { '../spark/signups_by_country.sql': changed('GROUP BY country', 'GROUP BY contry', sql) },
    `spark/signups_by_country.sql:9: Unknown column 'contry' in table 'users': there are ${columns}`,
  ],
  [
    'a job without SQL',
    { 'users.ts': changed("name: 'signups_by_country'", "name: 'signups'") },
    'job "signups" of pipeline "users" has no spark/signups.sql: add it',
  ],
  [
    'a job of nearly the name of its SQL',
    { 'users.ts': changed("name: 'signups_by_country'", "name: 'signup_by_country'") },
    'job "signup_by_country" of pipeline "users" has no spark/signup_by_country.sql: add it, or give job and file the same name: there is spark/signups_by_country.sql',
  ],
  [
    'two tables of one name',
    both(changed("name: 'created_people'", "name: 'created_users'", people)),
    'two tables are called "created_users", in pipelines/users.ts and in pipelines/people.ts: rename one of them',
  ],
])('%s is refused', async (_, files, sentence) => {
  expect(await synth(files)).toEqual({ code: 1, stderr: `${sentence}\n`, assembly: false })
})

test.concurrent('two pipelines with names of their own are accepted', async () => {
  expect(await synth(both(people))).toEqual({ code: 0, stderr: '', assembly: true })
})

test.concurrent.each([
  ['after', {}, ['sluice-data']],
  ['beside', { stacks: 'together' }, []],
])('functions are deployed %s topics, tables and schemas with context %o', async (_, context, stacks) => {
  const { assembly, out } = await synthIn(copyOf({}), context)
  expect(assembly).toBe(true)
  const { artifacts } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
  const { dependencies = [] } = artifacts['sluice-pipelines']
  expect(dependencies.filter((name: string) => name in artifacts && !name.endsWith('.assets'))).toEqual(stacks)
})
