import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BadArguments } from '../../test/support/bad-arguments.ts'

const run = promisify(execFile)

const root = join(import.meta.dirname, '../..')

/** The files of the bench: `bench/`, and the parts of the tests that it imports. */
const benchFolders = ['bench', 'test/budgets/support', 'test/support'] as const

/** A version of Agora, checked out into a folder. */
export type Version = AsyncDisposable & {
  /** The present bench on the `src` of that version. */
  readonly bench: string
  /** The bench of that version itself. */
  readonly ownBench: string
  readonly commit: string
}

const git = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await run('git', ['-C', root, ...args])
  return stdout.trim()
}

/** Resolves a ref to its commit. @throws BadArguments when it does not exist */
const commitOf = async (ref: string): Promise<string> => {
  try {
    return await git('rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`)
  } catch {
    throw new BadArguments(`The git ref ${ref} does not exist`)
  }
}

/** Links the present dependencies, or installs those of the version where its lock file differs. */
const dependencies = async (folder: string): Promise<void> => {
  const lockOf = (of: string) => readFile(join(of, 'package-lock.json'), 'utf8')
  if ((await lockOf(folder)) === (await lockOf(root)))
    return symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  console.log('The dependencies of the two versions differ: those of the other are installed')
  await run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })
}

/**
 * Checks a version out into a temporary git worktree, which is removed on disposal.
 * @param ref a branch, tag or commit
 * @param parent a temporary folder
 * @throws BadArguments when the ref does not exist
 */
export const checkOut = async (ref: string, parent: string): Promise<Version> => {
  const commit = await commitOf(ref)
  const folder = await mkdtemp(join(parent, 'version-'))
  const ownBench = join(folder, 'bench-of-ref')
  await git('worktree', 'add', '--quiet', '--force', '--detach', folder, commit)
  const dispose = async () => {
    await git('worktree', 'remove', '--force', folder)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await dependencies(folder)
    await cp(join(folder, 'bench'), ownBench, { recursive: true })
    await rm(join(folder, 'bench'), { recursive: true })
    const isSource = (path: string) =>
      !/\/(node_modules|results)(\/|$)/.test(path.slice(root.length))
    for (const name of benchFolders)
      await cp(join(root, name), join(folder, name), { recursive: true, filter: isSource })
    return { bench: join(folder, 'bench'), ownBench, commit, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
