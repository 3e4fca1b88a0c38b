import { expect, test } from 'vitest'
import { awsTemplates, templates } from './templates.ts'

/** Hashes of code change with every edit of a function and say nothing about the template; CDK sorts the resources of a statement by them. */
const withoutHashes = (template: object) =>
  JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, '<hash>'), (key, value) =>
    key === 'Resource' && Array.isArray(value)
      ? value
          .map((each) => JSON.stringify(each))
          .sort()
          .map((each) => JSON.parse(each))
      : value,
  )

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
