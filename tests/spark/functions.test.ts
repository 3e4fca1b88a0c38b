import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { sparkFunctions } from '../../src/core/spark-functions.ts'

const jars = join(import.meta.dirname, '../../.sluice/spark/jars')
const registries = ['FunctionRegistry$', 'TableFunctionRegistry$'].map(
  (name) => `org/apache/spark/sql/catalyst/analysis/${name}.class`,
)

/** What Spark's parser or its package of expressions brings under these names, and no registry. */
const grammar = ['cube', 'rollup', 'struct', 'try_cast']

test('the functions that the check of SQL knows are those of the Spark that is installed', () => {
  const jar = readdirSync(jars).find((name) => name.startsWith('spark-catalyst_2.13-4.0.')) ?? ''
  const files = unzipSync(readFileSync(join(jars, jar)), { filter: ({ name }) => registries.includes(name) })
  expect(Object.keys(files)).toHaveLength(registries.length)
  const text = Object.values(files)
    .map((file) => Buffer.from(file).toString('latin1'))
    .join('')
  const isThere = (name: string) => text.includes(constant(name))
  expect([...sparkFunctions].filter((name) => !isThere(name))).toEqual(grammar)
})

/** A text in the pool of constants of a Java class: tag, length in two bytes, letters. Source: JVM specification, 4.4.7. */
function constant(name: string): string {
  return `\u0001\u0000${String.fromCharCode(name.length)}${name}`
}
