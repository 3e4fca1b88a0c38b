/** The bundled source as a program, for a container: listens on all interfaces, on the port of its first argument. */
import { startSourceServer } from './server.ts'

await startSourceServer(Number(process.argv[2]), '0.0.0.0')
