// The bundle of a program: the program and its dependencies in few files, made by make-bundle.mjs. Loading 1,900 modules one
// by one takes longer than all other work of a start. A bundle is optional: without one, or with one of other sources, the
// program runs from its sources.
import { spawn } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Path of the checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** The only program with a bundle: it is started often, by callers who wait for it. */
const bundled = resolve(root, 'src/main.ts')

/** Folder of the bundles: `manifest.json`, and a folder for each. `npm ci` removes it with everything in node_modules. */
export const bundles = join(root, 'node_modules/.cache/agora-bundle')

/** Version of the manifest's format. */
export const format = 1

/** Diagnostics channel on which a program publishes, without a message, that it serves. Deferred work starts then. */
const served = 'agora:served'

/** Flags that inspect or change the loaded modules: they require the sources. */
const observed = /--(inspect|import|require|loader|experimental-loader|cpu-prof)|(^|\s)-r\b/

/**
 * Stamp of a file: as long as it is equal, the file has not changed. The system itself sets the time of change (ctime), whichever
 * modification time a tool has set.
 * @param {string} file
 * @throws when the file cannot be read
 */
export const stampOf = (file) => {
  const { size, ctimeMs, ino } = statSync(file)
  return `${size}-${ctimeMs}-${ino}`
}

/**
 * Returns the module to import for a program: its bundle if it is complete and each of its input files is unchanged, the
 * program itself otherwise.
 * @param {string} file absolute path of the program
 * @param {{ folder?: string, program?: string }} [options] for tests: the folder of the bundles, and the program that has one
 * @returns {string} absolute path of a module
 */
export const withBundle = (file, { folder = bundles, program = bundled } = {}) => {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ')
  const isOff = process.env.AGORA_BUNDLE === 'off' || observed.test(flags)
  delete process.env.AGORA_BUNDLE
  if (file !== program || isOff) return file
  const entry = entryOf(file, folder)
  if (entry === undefined) subscribe(served, () => makeBundle(file, folder))
  else showSources(folder)
  return entry ?? file
}

/**
 * @param {string} file
 * @param {string} folder
 * @returns {string | undefined} entry module of the bundle; undefined without a bundle of the current sources
 */
const entryOf = (file, folder) => {
  try {
    const made = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    if (made.format !== format || made.program !== file || made.node !== process.version) return
    for (const [input, stamp] of made.inputs) if (stampOf(input) !== stamp) return
    for (const [output, stamp] of made.outputs)
      if (stampOf(join(folder, made.folder, output)) !== stamp) return
    return join(folder, made.folder, made.entry)
  } catch {
    // The bundle does not exist or is incomplete, or a source has been deleted.
  }
}

/**
 * Starts a process of low priority that makes a bundle for the next start, if memory allows it. It ends with this process.
 * @param {string} file
 * @param {string} folder
 */
const makeBundle = (file, folder) => {
  // Making a bundle takes 435 MB at its peak: a container with less free memory runs the sources.
  if (process.availableMemory() < 1024 ** 3) return
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch {
    return
  }
  const maker = fileURLToPath(new URL('make-bundle.mjs', import.meta.url))
  const child = spawn(process.execPath, [maker, file, folder], { stdio: 'ignore' })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  child.once('error', () => process.off('exit', end))
  child.unref()
}

/**
 * Installs a formatter of stack traces that names the lines of the sources. It reads a source map at the first stack trace;
 * `--enable-source-maps` would cost every start 40 ms.
 * @param {string} folder
 */
const showSources = (folder) => {
  const prefix = pathToFileURL(join(folder, '/')).href
  const place = /file:\/\/[^\s()]+?:\d+:\d+/
  /** @type {Map<string, SourceMap>} */
  const maps = new Map()
  const mapOf = (/** @type {string} */ path) => {
    const cached = maps.get(path)
    if (cached) return cached
    const map = new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')))
    maps.set(path, map)
    return map
  }
  const line = (/** @type {NodeJS.CallSite} */ frame) => {
    const url = frame.getFileName()
    if (!url?.startsWith(prefix)) return `${frame}`
    try {
      const path = fileURLToPath(url)
      const found = mapOf(path).findEntry(
        (frame.getLineNumber() ?? 1) - 1,
        (frame.getColumnNumber() ?? 1) - 1,
      )
      if (!('originalSource' in found)) return `${frame}`
      const source = pathToFileURL(resolve(path, '..', found.originalSource)).href
      return `${frame}`.replace(
        place,
        `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`,
      )
    } catch {
      return `${frame}`
    }
  }
  Error.prepareStackTrace = (error, frames) =>
    [titleOf(error), ...frames.map((frame) => `    at ${line(frame)}`)].join('\n')
}

/** @param {unknown} error */
const titleOf = (error) => {
  try {
    return String(error)
  } catch {
    return 'Error'
  }
}
