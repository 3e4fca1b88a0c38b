/**
 * The bundled source as a program, for a container: listens on all interfaces, on the port of its first argument. Its
 * second is the folder of the log files, which need not exist.
 */
import { startSourceServer } from './server.ts'

const [, , port, logs = 'logs'] = process.argv
await startSourceServer({ port: Number(port), host: '0.0.0.0', logs })
