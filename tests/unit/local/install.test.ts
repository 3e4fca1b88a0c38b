import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { verify } from '../../../scripts/install/jvm.mjs'
import { withLock } from '../../../scripts/install/lock.mjs'
import { sameInstallation } from '../../../scripts/install/npm.mjs'
import {
  javaMajor,
  missing,
  parseMavenVersion,
  parsePythonVersion,
  pythonFits,
} from '../../../scripts/install/requirements.mjs'
import { temporaryFolder } from './temporary-folder.ts'

test.each([
  ['17.0.15', 17],
  ['21', 21],
  ['25-ea', 25],
  ['1.8.0_402', 8],
  ['11.0.2+9', 11],
])('Java %s is of release %i', (version, major) => {
  expect(javaMajor(version)).toBe(major)
})

test('Maven tells its own version and its Java', () => {
  const output =
    '\u001b[1mApache Maven 3.8.7\u001b[m\nMaven home: /usr/share/maven\nJava version: 17.0.15, vendor: Debian'
  expect(parseMavenVersion(output)).toEqual({ maven: '3.8.7', java: '17.0.15' })
  expect(parseMavenVersion('The JAVA_HOME environment variable is not defined correctly')).toEqual({
    maven: null,
    java: null,
  })
})

test.each([
  ['Python 3.11.7', true],
  ['Python 3.9.18', false],
  ['Python 2.7.18', false],
  ['Python 4.0.0', true],
])('%s fits: %s', (output, fits) => {
  const version = parsePythonVersion(output)
  expect(version && pythonFits(version)).toBe(fits)
})

test('what is missing is said in one sentence: what, what was found, how to get it', () => {
  expect(missing('python', 'Python 3.9.18')).toBe(
    'Sluice needs Python 3.11 or later with venv and pip, and found Python 3.9.18 (Debian and Ubuntu: apt install python3 python3-venv python3-pip; macOS: brew install python).',
  )
  expect(missing('maven', null)).toContain('found none')
})

test('node_modules is stale when a package is absent or another one', () => {
  const wanted = { '': {}, a: { version: '1.0.0', integrity: 'x' }, b: { version: '2.0.0', optional: true } }
  expect(sameInstallation(wanted, { a: { version: '1.0.0', integrity: 'x' } })).toBe(true)
  expect(sameInstallation(wanted, { a: { version: '1.0.1', integrity: 'x' } })).toBe(false)
  expect(sameInstallation(wanted, { a: { version: '1.0.0', integrity: 'y' } })).toBe(false)
  expect(sameInstallation(wanted, {})).toBe(false)
})

test('a jar that differs from its checksum, or is absent, is refused by name', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.jar'), 'content')
  const sum = createHash('sha256').update('content').digest('hex')
  const against = (line: string) => {
    const checksums = join(folder, 'checksums.sha256')
    writeFileSync(checksums, line)
    return verify(folder, checksums)
  }
  expect(against(`${sum}  a.jar\n`)).toBe(1)
  expect(() => against(`${'0'.repeat(64)}  a.jar\n`)).toThrow(/The jar a\.jar is not the one that was tried/)
  expect(() => against(`${sum}  b.jar\n`)).toThrow(/The jar b\.jar is listed/)
})

test.each([
  ['jvm/checksums.sha256', ['cassandra', 'kafka', 'registry']],
  ['jvm/spark/checksums.sha256', ['jars']],
])('%s names each jar once, of all its services', (checksums, folders) => {
  const lines = readFileSync(checksums, 'utf8').trim().split('\n')
  const paths = lines.map((line) => line.split('  ')[1] ?? '')
  expect(lines.every((line) => /^[0-9a-f]{64} {2}\S+$/.test(line))).toBe(true)
  expect(new Set(paths).size).toBe(paths.length)
  expect(new Set(paths.map((path) => path.split('/')[0]))).toEqual(new Set(folders))
})

test('installations in one clone take turns; one that died is taken over', async () => {
  const path = join(temporaryFolder(), 'install.lock')
  const events: string[] = []
  const work = (name: string) => async () => {
    events.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    events.push(`${name} ends`)
  }
  const lines: string[] = []
  await Promise.all(['a', 'b'].map((name) => withLock(path, (line) => lines.push(line), work(name))))
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  expect(lines).toEqual(['Waiting for another installation in this clone to finish'])
  writeFileSync(path, '')
  utimesSync(path, new Date(0), new Date(0))
  await withLock(path, () => {}, work('c'))
  expect(existsSync(path)).toBe(false)
})

test('the configuration templates hold no absolute path', () => {
  for (const service of ['kafka', 'cassandra']) {
    for (const name of readdirSync(join('jvm', service))) {
      expect(readFileSync(join('jvm', service, name), 'utf8')).not.toMatch(/[ ="]\/(home|tmp|work|root|Users)\//)
    }
  }
})

test.each([
  ['services', 1],
  ['containers', 0],
])(
  'without Maven and Python, install for %s ends with %i',
  (purpose, code) => {
    const clone = resolve(import.meta.dirname, '../../..')
    const folder = temporaryFolder()
    for (const name of ['scripts', 'jvm', 'src', 'package-lock.json'])
      cpSync(join(clone, name), join(folder, name), { recursive: true })
    symlinkSync(join(clone, 'node_modules'), join(folder, 'node_modules'))
    const script = `import('./scripts/install.mjs').then(({ install }) => install({ report() {}, purpose: '${purpose}' }))`
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: folder, env: { PATH: folder } })
    expect(status, stderr.toString()).toBe(code)
    if (code !== 0) expect(stderr.toString()).toContain('Sluice needs Maven')
  },
  60_000,
)
