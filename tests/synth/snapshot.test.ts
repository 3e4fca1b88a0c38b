import { expect, test } from 'vitest'
import { awsTemplates, templates } from './templates.ts'

/** Hashes of code change with every edit of a function and say nothing about the template. */
const withoutHashes = (template: object) =>
  JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, '<hash>'), inOneOrder)

/** The CDK sorts what a statement permits by its text, hashes included. */
function inOneOrder(name: string, value: unknown): unknown {
  if (name !== 'Resource' || !Array.isArray(value)) return value
  return value
    .map((each) => JSON.stringify(each))
    .sort()
    .map((each) => JSON.parse(each))
}

test('the templates are those that were reviewed last', () => {
  const { data, pipelines } = templates()
  expect({
    'sluice-data': withoutHashes(data.toJSON()),
    'sluice-pipelines': withoutHashes(pipelines.toJSON()),
  }).toMatchSnapshot()
})

test('and those for aws, stage prod', () => {
  const made = Object.entries(awsTemplates()).map(([name, template]) => [name, withoutHashes(template.toJSON())])
  expect(Object.fromEntries(made)).toMatchSnapshot()
})
