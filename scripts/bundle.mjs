// The bundle of a program: it and its dependencies in few files, made by make-bundle.mjs. Loading 1,900 modules one by one
// takes longer than all else that a start does. Never needed: without one, or with one that is not of the sources as
// they are, the program runs from its sources.
import { spawn } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** The only program that is started so often, and waited for, that a bundle is worth its while. */
const bundled = resolve(root, 'src/main.ts')

/** Where bundles lie: `manifest.json`, and a folder for each. `npm ci` removes it with all else in node_modules. */
export const bundles = join(root, 'node_modules/.cache/agora-bundle')

/** Changes when what a manifest says does. */
export const format = 1

/** Published by a program, without a message, once it serves: what can wait until then follows. */
const served = 'agora:served'

/** With one of these, somebody looks at or changes what is loaded: they mean the sources. */
const observed = /--(inspect|import|require|loader|experimental-loader|cpu-prof)|(^|\s)-r\b/

/**
 * What tells that a file has not changed. A system sets the time of change (ctime) by itself, whatever tool has written
 * the file and whichever time it claims.
 * @param {string} file
 * @throws when it cannot be read
 */
export const stampOf = (file) => {
  const { size, ctimeMs, ino } = statSync(file)
  return `${size}-${ctimeMs}-${ino}`
}

/**
 * What to import for a program: its bundle if it is whole and each file that it was made of is unchanged, or else the
 * program itself.
 * @param {string} file absolute path of the program
 * @param {{ folder?: string, program?: string }} [options] of tests: where the bundles lie, and which program has one
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
 * @returns {string | undefined} the module to import; undefined without a bundle of the sources as they are
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
    // There is none, it is incomplete, or a source is gone.
  }
}

/**
 * Makes a bundle for the next start where memory allows it, in a process that takes only what nobody else needs, and ends with this one.
 * @param {string} file
 * @param {string} folder
 */
const makeBundle = (file, folder) => {
  // The maker takes 435 MB at its peak: a container without that much to spare runs the sources.
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
 * Has stacks of errors name the lines of the sources. The maps are read when the first stack is asked for, which is why
 * this is not left to `--enable-source-maps`: that costs every start 40 ms.
 * @param {string} folder
 */
const showSources = (folder) => {
  const prefix = pathToFileURL(join(folder, '/')).href
  const place = /file:\/\/[^\s()]+?:\d+:\d+/
  /** @type {Map<string, SourceMap>} */
  const maps = new Map()
  const mapOf = (/** @type {string} */ path) => {
    const known = maps.get(path)
    if (known) return known
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
