import { expect, test } from 'vitest'
import { kafkaNodes } from '../../../src/local/ports.ts'
import { keptPorts } from '../../../src/operations/environment-ports.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'

test('an environment keeps its ports, and gets others for another number of Kafka nodes', async () => {
  const folder = temporaryFolder()
  const one = await keptPorts(folder)
  expect(await keptPorts(folder)).toEqual(one)
  const three = await keptPorts(folder, 3)
  expect(kafkaNodes(three)).toHaveLength(3)
  expect(await keptPorts(folder, 3)).toEqual(three)
  expect(kafkaNodes(await keptPorts(folder))).toHaveLength(1)
})
