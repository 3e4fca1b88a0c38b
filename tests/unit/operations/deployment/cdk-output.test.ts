import { expect, test } from 'vitest'
import { failureReasons } from '../../../../src/operations/deployment/cdk-output.ts'

const event = (status: string, reason: string) =>
  `sluice-data |   9 | 11:28:57 AM | ${status.padEnd(23)} | Custom::SluiceTopology     | Topology/Resource/Default (TopologyB46D899B) ${reason}`

test('the reason of a failed resource is given once, though cdk prints it twice', () => {
  const output = [
    event('UPDATE_IN_PROGRESS', ''),
    event('UPDATE_FAILED', 'Error: field "a" is new (409): give it a default'),
    'sluice-data |   9 | 11:28:57 AM | UPDATE_ROLLBACK_IN_PROG | AWS::CloudFormation::Stack | sluice-data The following resource(s) failed to update: [TopologyB46D899B]. ',
    event('UPDATE_FAILED', 'Error: field "a" is new (409): give it a default').replace('|   9 ', ''),
    '❌  sluice-data failed to deploy',
  ]
  expect(failureReasons(output.join('\n'))).toEqual(['field "a" is new (409): give it a default'])
})

test('there is none where CloudFormation was not asked', () => {
  expect(failureReasons('pipelines/users.ts: name is "Users"\n')).toEqual([])
  expect(failureReasons(event('UPDATE_COMPLETE', ''))).toEqual([])
})
