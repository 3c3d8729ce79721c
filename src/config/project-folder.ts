import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Name of the project in its package.json. */
const project = 'agora'

const isProject = (folder: string): boolean => {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return (
      typeof manifest === 'object' &&
      manifest !== null &&
      'name' in manifest &&
      manifest.name === project
    )
  } catch {
    return false
  }
}

/**
 * Finds the folder of the Agora that a folder belongs to: the nearest one upwards with a package.json named agora.
 * @returns the given folder, outside of a project
 */
export const projectFolder = (from: string): string => {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (isProject(folder)) return folder
    if (folder === dirname(folder)) return resolve(from)
  }
}
