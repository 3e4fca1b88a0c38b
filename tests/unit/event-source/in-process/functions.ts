/**
 * Functions written by a test, in the form in which deployed ones are unpacked.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FunctionPackage, FunctionSource } from '../../../../src/event-source/in-process/function-package.ts'

/** A source of functions that a test deploys and removes. */
export type TestFunctions = FunctionSource & {
  /** Deploys a function of files below its code folder, in place of one of that name. */
  deploy(name: string, files: Readonly<Record<string, string>>, change?: Partial<FunctionPackage>): void
  remove(name: string): void
}

export function testFunctions(): TestFunctions {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-in-process-')))
  const deployed = new Map<string, FunctionPackage>()
  let revisions = 0
  return {
    deploy(name, files, change = {}) {
      const codeFolder = join(folder, String(++revisions), 'task')
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(codeFolder, path)), { recursive: true })
        writeFileSync(join(codeFolder, path), text)
      }
      deployed.set(name, {
        functionName: name,
        functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
        version: '$LATEST',
        revision: String(revisions),
        codeFolder,
        moduleFolders: [join(codeFolder, '../opt/nodejs/node_modules')],
        handler: 'index.handler',
        environment: {},
        timeoutMs: 10_000,
        memoryMb: 256,
        logGroupName: `/aws/lambda/${name}`,
        ...change,
      })
    },
    remove: (name) => deployed.delete(name),
    find: async (name) => deployed.get(name) ?? null,
    isCurrent: async ({ functionName, revision }) => deployed.get(functionName)?.revision === revision,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
