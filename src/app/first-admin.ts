import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { firstAdminEmail } from '../config/local-settings.ts'

/** The first admin of an embedded Agora. */
export type FirstAdmin = {
  readonly email: string
  readonly password: string
  /** Whether it was created just now. */
  readonly isNew: boolean
  /** Path of the file with the password, which only its owner can read. */
  readonly file: string
}

/** Returns the first admin of a data folder: created once, and stored in a file that only its owner can read. */
export const firstAdmin = async (data: string): Promise<FirstAdmin> => {
  const file = join(data, 'admin.json')
  const stored = await readFile(file, 'utf8').catch(() => undefined)
  if (stored !== undefined) return { ...JSON.parse(stored), isNew: false, file }
  const admin = { email: firstAdminEmail, password: randomBytes(12).toString('base64url') }
  await writeFile(file, `${JSON.stringify(admin, null, 2)}\n`, { mode: 0o600 })
  return { ...admin, isNew: true, file }
}

/**
 * Announces a new first admin. The password is printed on a terminal only: any other output is probably stored, in a log that
 * others read.
 */
export const announcementOf = (
  { email, password, file }: Pick<FirstAdmin, 'email' | 'password' | 'file'>,
  { isTTY }: { readonly isTTY?: boolean },
): string =>
  isTTY
    ? `\n  First admin: ${email}\n  Password:    ${password}\n  (shown once; stored in ${file}, which only you can read)\n\n`
    : `\n  First admin: ${email}\n  Password:    in ${file}, which only its owner can read\n\n`
