/**
 * The emulator of the AWS APIs as a local service: MiniStack.
 * Its functions run on the Node of this clone; its state is in the environment's folder.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { AwsEndpoint, Login } from '../core/endpoints.ts'
import { nodeFolder, pythonProgram } from './installation.ts'
import type { Ports } from './ports.ts'
import { type Folders, type ProcessService, readyWithinMs } from './service.ts'
import { until } from './until.ts'

/** The emulator in an environment; ready when it has stored the Cassandra login as a secret. */
export function emulatorService(folders: Folders, ports: Ports, endpoint: AwsEndpoint, login: Login): ProcessService {
  return {
    name: 'emulator',
    readyWithinMs,
    stopWithinMs: 15_000,
    async prepare() {
      const data = folders.data('emulator')
      mkdirSync(data, { recursive: true, mode: 0o700 })
      const temporary = folders.temporary('emulator')
      // Functions are unpacked below this folder: on AWS nothing above them says that their files are ES modules.
      writeFileSync(join(temporary, 'package.json'), '{}\n')
      return {
        program: pythonProgram(),
        args: [join(import.meta.dirname, 'run_ministack.py')],
        cwd: temporary,
        env: {
          PATH: [nodeFolder(), process.env.PATH ?? ''].join(delimiter),
          HOME: homedir(),
          LANG: 'C.UTF-8',
          TMPDIR: temporary,
          BIND_HOST: '127.0.0.1',
          GATEWAY_PORT: String(ports.emulator),
          MINISTACK_HOST: '127.0.0.1',
          MINISTACK_REGION: endpoint.region,
          MINISTACK_ACCOUNT_ID: endpoint.accountId,
          PERSIST_STATE: '1',
          STATE_DIR: join(data, 'state'),
          S3_PERSIST: '1',
          S3_DATA_DIR: join(data, 's3'),
          SLUICE_SAVED_MARK: savedMark(folders),
          // Listeners that nobody asked for, on ports of their own.
          SFTP_ENABLED: '0',
          IOT_MTLS_ENABLED: '0',
        },
      }
    },
    async checkReady() {
      // LocalStack's path, which MiniStack answers too.
      const health = await fetch(`${endpoint.endpoint}/_localstack/health`, { signal: AbortSignal.timeout(5_000) })
      if (!health.ok) throw new Error(`the health check was answered with ${health.status}`)
      const { storeLogin } = await import('./login-secret.ts')
      await storeLogin(endpoint, login)
    },
  }
}

const savedMark = (folders: Folders) => join(folders.data('emulator'), 'saved')

/** Has the emulator write its state now, which it else does when it is stopped: a kill then loses nothing older. */
export async function saveEmulatorState(folders: Folders, signal: (name: NodeJS.Signals) => void): Promise<void> {
  const path = savedMark(folders)
  const savedAt = () => (existsSync(path) ? statSync(path, { bigint: true }).mtimeNs : 0n)
  const before = savedAt()
  signal('SIGUSR1')
  const check = async () => {
    if (savedAt() === before) throw new Error('the AWS emulator did not save its state')
  }
  await until(check, { pollMs: 20, deadlineMs: 15_000 })
}
