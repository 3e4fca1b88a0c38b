/**
 * Which process listens on a port: /proc on Linux, lsof elsewhere.
 * Not for freeing the port.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process and its command line, shortened to 120 characters. */
export type PortOwner = { readonly pid: number; readonly command: string }

/** The listener of a TCP port on this machine; null when it is another user's or cannot be known. */
export function portOwner(port: number): PortOwner | null {
  try {
    return process.platform === 'linux' ? linuxOwner(port) : lsofOwner(port)
  } catch {
    return null
  }
}

function linuxOwner(port: number): PortOwner | null {
  const sockets = new Set(listeningInodes(port).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return null
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (holdsAny(pid, sockets)) return { pid: Number(pid), command: commandLine(pid) }
  }
  return null
}

/** Inodes of the sockets that listen on the port: columns local address `hex:PORT`, state 0A, inode. */
function listeningInodes(port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[1]?.endsWith(wanted) && columns[3] === '0A')
      .flatMap((columns) => columns[9] ?? []),
  )
}

function holdsAny(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((fd) => sockets.has(linkOf(`${folder}/${fd}`)))
  } catch {
    return false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function commandLine(pid: string): string {
  return shorten(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' '))
}

function lsofOwner(port: number): PortOwner | null {
  const [pid] = outputOf('lsof', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t').split('\n')
  return pid ? { pid: Number(pid), command: shorten(outputOf('ps', '-o', 'command=', '-p', pid)) } : null
}

const outputOf = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

const shorten = (text: string) => (text.trim().length > 120 ? `${text.trim().slice(0, 119)}…` : text.trim())
