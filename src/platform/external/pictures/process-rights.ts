import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'

/** The folder of packages that a program here loads sharp from. */
const packages = (): string => {
  const path = createRequire(join(import.meta.dirname, 'picture-process.ts')).resolve('sharp')
  const folder = `${sep}node_modules${sep}`
  return path.slice(0, path.indexOf(folder) + folder.length)
}

/**
 * The same folder by the path that Node finds it at, which may be a symbolic link.
 * @param from the folder of the program
 */
const foundPackages = (from: string): string => {
  const folder = join(from, 'node_modules')
  const parent = dirname(from)
  return existsSync(join(folder, 'sharp')) || parent === from ? folder : foundPackages(parent)
}

/**
 * Arguments of Node that leave its JavaScript nothing but what decoding needs: files of the program and its packages to read.
 * Native code, which decoders are, is not bound by them.
 * @param from folder of the program; default: this one
 * @throws Error when sharp is not installed
 */
export const processRights = (from = import.meta.dirname): readonly string[] => [
  '--permission',
  '--allow-addons',
  ...[from, packages(), foundPackages(from)].map(
    (folder) => `--allow-fs-read=${join(folder, '*')}`,
  ),
  '--allow-fs-write=/proc/self/oom_score_adj',
  '--disable-warning=SecurityWarning',
]
