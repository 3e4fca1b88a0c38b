import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importsOf, violations } from '../fixtures/imports.ts'

const clone = resolve(import.meta.dirname, '../..')
const files = globSync('{src,functions,pipelines,cdk,layers}/**/*.{ts,tsx,mts}', {
  cwd: clone,
  exclude: ['**/node_modules/**'],
}).sort()
const sources = new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(resolve(clone, file), 'utf8')]))

/** Files that may be longer, and why. */
const longFiles: Readonly<Record<string, string>> = {}

describe('the house', () => {
  test('has its sources where this test looks for them', () => {
    for (const part of ['src/core/', 'src/runtime/', 'src/cli/', 'functions/', 'pipelines/', 'cdk/']) {
      expect(
        files.some((file) => file.startsWith(part)),
        part,
      ).toBe(true)
    }
  })

  test('imports point one way', () => {
    expect(violations(sources)).toEqual([])
  })

  test('imports of files name files that exist', () => {
    const missing = [...sources]
      .flatMap(([path, source]) => importsOf(path, source))
      .filter(({ to }) => /^(src|functions|pipelines|cdk)\/.*\.ts$/.test(to) && !sources.has(to))
    expect(missing).toEqual([])
  })

  test('no file is over 300 lines, but for those with a reason', () => {
    const long = [...sources].filter(([, source]) => source.split('\n').length > 301).map(([path]) => path)
    expect(long).toEqual(Object.keys(longFiles).filter((path) => sources.has(path) && long.includes(path)))
  })
})

describe('a violation is found', () => {
  const found = (...given: [path: string, source: string][]) => violations(new Map(given))

  test.each<[string, string, string]>([
    ['src/core/a.ts', "import { x } from '../connect/b.ts'", 'src/core must not import src/connect'],
    ['src/core/a.ts', "import type { x } from '../runtime/b.ts'", 'src/core must not import src/runtime'],
    ['src/core/a.ts', "import { readFile } from 'node:fs/promises'", 'src/core must not import node:fs/promises'],
    ['src/core/a.ts', "import { connect } from 'net'", 'src/core must not import node:net'],
    ['src/core/a.ts', "import { Kafka } from 'kafkajs'", 'src/core must not import kafkajs'],
    ['src/core/a.ts', 'const x = process.env.X', 'src/core/a.ts reads process.env'],
    ['src/connect/a.ts', "export { x } from '../runtime/b.ts'", 'src/connect must not import src/runtime'],
    ['src/connect/a.ts', "const b = await import('../local/b.ts')", 'src/connect must not import src/local'],
    ['src/runtime/a.ts', "import { x } from '../operations/b.ts'", 'src/runtime must not import src/operations'],
    ['src/runtime/a.ts', "import { x } from '../../pipelines/users.ts'", 'src/runtime must not import pipelines'],
    [
      'src/event-source/a.ts',
      "import {\n  x,\n  y,\n} from '../../pipelines/index.ts'",
      'src/event-source must not import pipelines',
    ],
    ['src/event-source/a.ts', "import { x } from '../local/b.ts'", 'src/event-source must not import src/local'],
    ['src/local/a.ts', "import { x } from '../../cdk/app.ts'", 'src/local must not import cdk'],
    ['src/operations/a.ts', "import { x } from '../cli/b.ts'", 'src/operations must not import src/cli'],
    ['src/console/server/a.ts', "import { Kafka } from 'kafkajs'", 'src/console must not import kafkajs'],
    ['src/console/server/a.ts', "import { x } from '../../connect/b.ts'", 'src/console must not import src/connect'],
    ['functions/a.ts', "import { x } from '../src/operations/b.ts'", 'functions must not import src/operations'],
    ['pipelines/a.ts', "import { x } from '../src/connect/b.ts'", 'pipelines must not import src/connect'],
    ['pipelines/a.ts', "import { S3Client } from '@aws-sdk/client-s3'", 'pipelines must not import @aws-sdk/client-s3'],
    ['pipelines/a.ts', "import { readFile } from 'fs'", 'pipelines must not import node:fs'],
    ['pipelines/a.ts', 'const { URL } = process.env', 'pipelines/a.ts reads process.env'],
    ['cdk/a.ts', "import { x } from '../src/runtime/b.ts'", 'cdk must not import src/runtime'],
    ['cdk/a.ts', "import { x } from '../functions/b.ts'", 'cdk must not import functions'],
    ['src/other/a.ts', "import { x } from './b.ts'", 'src/other/a.ts is in no part of the house'],
  ])('%s: %s', (path, source, sentence) => {
    expect(found([path, source])).toEqual([expect.stringContaining(sentence)])
  })

  test('what is allowed is not one', () => {
    expect(
      found(
        [
          'src/core/a.ts',
          "import avro from 'avsc'\nimport './b.ts'\n// import fs from 'node:fs'\n/* require('net') */",
        ],
        [
          'functions/a.ts',
          "import { pipeline } from '#pipeline'\nimport middy from '@middy/core'\nimport { h } from '../src/runtime/h.ts'",
        ],
        ['src/operations/a.ts', "import { pipelines } from '../../pipelines/index.ts'"],
      ),
    ).toEqual([])
  })
})
