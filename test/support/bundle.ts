import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { startAgora, temporaryData, type AgoraProcess } from './agora.ts'

const root = resolve(import.meta.dirname, '../..')
const hook = pathToFileURL(join(root, 'test/budgets/support/loaded-modules.ts')).href

/**
 * Makes a bundle of Agora, as the launcher has it made, and starts Agora from it on an embedded PostgreSQL.
 * @returns the running Agora, and the file into which it writes, in the end, which modules it has loaded
 */
export const bundleOf = async (): Promise<AgoraProcess & { readonly loaded: string }> => {
  await using parts = new AsyncDisposableStack()
  // Packages outside the bundle are found from here only.
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'agora-bundle-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const [maker, program] = [join(root, 'scripts/make-bundle.mjs'), join(root, 'src/main.ts')]
  await promisify(execFile)(process.execPath, [maker, program, folder])
  const made: { folder: string; entry: string } = JSON.parse(
    await readFile(join(folder, 'manifest.json'), 'utf8'),
  )
  const data = parts.use(await temporaryData()).path
  const loaded = join(data, 'loaded')
  const agora = await startAgora(
    join(data, 'agora'),
    { NODE_OPTIONS: `--import ${hook}`, LOADED_MODULES: loaded, AGORA_ESDB_PORT: '0' },
    join(folder, made.folder, made.entry),
  )
  parts.use(agora)
  const all = parts.move()
  return { ...agora, loaded, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
