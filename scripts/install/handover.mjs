/**
 * Runs programs of node_modules/.bin in the foreground under Node 24 and ends as they end.
 * Not for installing them.
 */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from './paths.mjs'

const bin = join(root, 'node_modules', '.bin')

/**
 * Runs each [program, ...arguments] in turn; exits with the first failing exit code or signal, else 0.
 *
 * Signals: a terminal sends Ctrl-C to the whole foreground group, so that the child has it already and it is not sent
 * again; without a terminal it is passed on, as SIGTERM and SIGHUP always are. Our own main program holds an IPC
 * channel whose end tells it that this process was killed; when npm started us and is gone, the child gets SIGTERM.
 */
export async function runInOrder(programs) {
  for (const [program, ...args] of programs) {
    const { code, signal } = await runOne(program, args)
    if (signal) return endBySignal(signal)
    if (code !== 0) process.exit(code ?? 1)
  }
  process.exit(0)
}

function runOne(program, args) {
  const child = spawn(join(bin, program), args, {
    cwd: root,
    stdio: program === 'node' ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  })
  const forward = (signal) => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  const stopWatching = whenNpmIsGone(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      stopWatching()
      for (const name of signals) process.off(name, forward)
      resolve({ code, signal })
    })
  })
}

/** Calls back once when the npm process that started this one has ended; does nothing without npm. */
function whenNpmIsGone(callback) {
  const parent = process.ppid
  if (!process.env.npm_lifecycle_event || parent === 1) return () => {}
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    callback()
  }, 500)
  timer.unref()
  return () => clearInterval(timer)
}

/** Ends this process by the signal that ended its child, so that a shell sees the same. */
function endBySignal(signal) {
  process.kill(process.pid, signal)
  setInterval(() => {}, 1_000)
}
