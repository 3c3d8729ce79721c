import { createHash, randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Returns an id as part of a file name, unique for each id. */
export const partOf = (id: string): string => {
  const safe = encodeURIComponent(id.toWellFormed()).replaceAll('*', '%2A')
  return safe.length <= 150 ? safe : createHash('sha256').update(id).digest('hex')
}

/** Whether an error says that a file or folder does not exist. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/**
 * Writes a file atomically and durably. Our own instead of `write-file-atomic`: its version 8 takes a short write for a
 * complete one (8,192 of 20,000 bytes, on a full disk), and erasure would not recognise its partially written files by name.
 * @throws the error of the file system
 */
export const writeWhole = async (
  folder: string,
  name: string,
  content: string | Buffer,
): Promise<void> => {
  // Two runs may write the same file at once: one that hangs, and the one that took its job over.
  const temporary = join(folder, `.${randomUUID()}.part`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, name))
  } catch (error) {
    if (!isMissing(error)) await rm(temporary, { force: true })
    throw error
  }
}
