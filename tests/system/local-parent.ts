/** A parent process for tests: starts Kafka and the emulator in the folder of its first argument and waits to be killed. */
import { freePorts } from '../../src/local/ports.ts'
import { startStack } from '../../src/local/stack.ts'

const [folder = ''] = process.argv.slice(2)
const services = ['kafka', 'emulator'] as const
const stack = await startStack({ folder, ports: await freePorts(), fresh: true, services, report: () => {} })
await stack.allReady
process.stdout.write('ready\n')
