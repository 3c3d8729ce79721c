import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** Flushes a file or folder to the disk, so that its content survives a loss of power. */
const sync = async (path: string): Promise<void> => {
  await using handle = await open(path, 'r')
  await handle.sync()
}

/** Writes a new secret, unless another process has; the first file stays. */
const make = async (file: string): Promise<void> => {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${randomUUID()}`)
  try {
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, {
      flag: 'wx',
      mode: 0o600,
      // Without the secret, what was encrypted with it could not be decrypted.
      flush: true,
    })
    // Unlike a rename, a link never replaces the secret of a process that started at the same time.
    await link(draft, file).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    await sync(folder)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Reads a file; undefined if it does not exist. */
export const textIn = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Reads the secret in a file; the first start creates it, readable by its owner only.
 * @returns 43 characters
 */
export const secretFile = async (file: string): Promise<string> => {
  let text = await textIn(file)
  if (text === undefined) {
    await make(file)
    text = await readFile(file, 'utf8')
  }
  return text.trim()
}
