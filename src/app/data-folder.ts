import { access, constants, mkdir } from 'node:fs/promises'
import { codeOf } from '../config/error-code.ts'

/** The data folder cannot be used; the message says why, and which setting to change. */
export class UnusableData extends Error {
  override name = 'UnusableData'
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'is a file, not a folder',
  ENOTDIR: 'is in a path with a file that is no folder',
  EACCES: 'may not be read and written by this user',
  EPERM: 'may not be read and written by this user',
  EROFS: 'is on a file system that is read-only',
  ENOSPC: 'is on a disk that is full',
  EDQUOT: 'is on a disk whose quota is used up',
  ENOENT: 'cannot be created',
  ELOOP: 'is a loop of links',
  ENAMETOOLONG: 'has too long a name',
}

/**
 * Translates an error about a file of the data folder to one that names the setting.
 * @returns undefined for any other error
 */
export const unusableData = (folder: string, error: unknown): UnusableData | undefined => {
  const reason = reasons[codeOf(error) ?? '']
  return reason === undefined
    ? undefined
    : new UnusableData(`${folder} ${reason}; set AGORA_DATA to a folder that Agora can write to`, {
        cause: error,
      })
}

/**
 * Creates the data folder if it is missing, readable for its owner only, and checks that it can be written to.
 * @throws UnusableData
 */
export const openDataFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw unusableData(folder, error) ?? error
  }
}
