import type { SSMClient } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { loadMappings, readMappings, watchMappings } from '../../../src/event-source/mappings.ts'

const properties = {
  FunctionName: 'f',
  Topics: ['topic'],
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['h:1'] } },
  StartingPosition: 'TRIM_HORIZON',
}
const definitions = '/sluice/event-source-mappings/'
const states = '/sluice/event-source-states/'

/** Answers from `parameters`, one a page; an error instead of them is thrown. */
function ssmWith(parameters: Map<string, string> | { current: Map<string, string> | Error }): SSMClient {
  const send = async ({ input }: { input: { Path: string; NextToken?: string } }) => {
    const all = parameters instanceof Map ? parameters : parameters.current
    if (all instanceof Error) throw all
    const found = [...all].filter(([name]) => name.startsWith(input.Path))
    const index = Number(input.NextToken ?? 0)
    const [Name, Value] = found[index] ?? []
    const NextToken = index + 1 < found.length ? String(index + 1) : undefined
    return { Parameters: Name ? [{ Name, Value }] : [], NextToken }
  }
  return { send } as unknown as SSMClient
}

const deployed = (...ids: string[]): [string, string][] =>
  ids.map((id) => [definitions + id, JSON.stringify(properties)])

test('reads all pages, with what an operator wants', async () => {
  const ssm = ssmWith(
    new Map([
      ...deployed('b', 'a', 'c'),
      [`${states}a`, 'disabled'],
      [`${states}c`, 'enabled'],
      [`${states}gone`, 'x'],
    ]),
  )
  expect((await readMappings(ssm)).map(({ id, wanted, problem }) => [id, wanted, problem])).toEqual([
    ['a', false, null],
    ['b', null, null],
    ['c', true, null],
  ])
  expect((await loadMappings(ssm)).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
})

test('one that is refused leaves the others alone, and loading fails with it', async () => {
  const ssm = ssmWith(new Map([...deployed('a', 'c'), [`${definitions}b`, '{'], [`${states}c`, 'off']]))
  expect((await readMappings(ssm)).map(({ mapping, problem }) => [mapping?.id, problem])).toEqual([
    ['a', null],
    [undefined, `SSM parameter "${definitions}b" does not hold JSON`],
    [undefined, `SSM parameter "${states}c" is "off", allowed is enabled or disabled`],
  ])
  await expect(loadMappings(ssm)).rejects.toThrow('does not hold JSON')
})

test('a watch yields each look, outlives failures but for the first, and ends with its signal', async () => {
  const parameters: { current: Map<string, string> | Error } = { current: new Map(deployed('a')) }
  const ending = new AbortController()
  const seen: unknown[] = []
  for await (const look of watchMappings(ssmWith(parameters), 1)(ending.signal)) {
    seen.push(look instanceof Error ? look.message : look.map(({ id }) => id))
    if (seen.length === 1) parameters.current = new Error('SSM is away')
    if (seen.length === 2) parameters.current = new Map(deployed('a', 'b'))
    if (seen.length === 3) ending.abort()
  }
  expect(seen).toEqual([['a'], 'SSM is away', ['a', 'b']])
  const first = watchMappings(ssmWith({ current: new Error('SSM is away') }))(new AbortController().signal)
  await expect(first[Symbol.asyncIterator]().next()).rejects.toThrow('SSM is away')
})
