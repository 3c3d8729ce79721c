import { createRequire } from 'node:module'
import { join, sep } from 'node:path'

/** The folder of packages that a program here loads sharp from. */
const packages = (): string => {
  const path = createRequire(join(import.meta.dirname, 'picture-process.ts')).resolve('sharp')
  const folder = `${sep}node_modules${sep}`
  return path.slice(0, path.indexOf(folder) + folder.length)
}

/**
 * Arguments of Node that leave its JavaScript nothing but what decoding needs: files of the program and its packages to read.
 * Native code, which decoders are, is not bound by them.
 * @throws Error when sharp is not installed
 */
export const processRights = (): readonly string[] => [
  '--permission',
  '--allow-addons',
  `--allow-fs-read=${join(import.meta.dirname, '*')}`,
  `--allow-fs-read=${join(packages(), '*')}`,
  '--allow-fs-write=/proc/self/oom_score_adj',
  '--disable-warning=SecurityWarning',
]
