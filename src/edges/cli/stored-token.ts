import { randomBytes, randomUUID, scrypt } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Type } from 'typebox'
import { Check } from 'typebox/value'

/** Stores the access token of the last sign-in, so that the next command reuses the session. */
export type TokenStore = {
  /** @returns undefined when none is stored for these credentials */
  readonly load: (of: Password) => Promise<string | undefined>
  readonly save: (of: Password, token: string) => Promise<void>
}

type Password = { readonly email: string; readonly password: string }

/** `of` is a hash of URL and credentials, as a wrong password must not be accepted for an earlier right one. */
const Stored = Type.Object({ of: Type.String(), salt: Type.String(), token: Type.String() })

const slowHash = promisify<string, string, number, Buffer>(scrypt)

/** Path of the file with the token. */
export const tokenFile = (data: string): string => join(data, 'cli-session.json')

/**
 * Token store in a data folder, in a file that only its owner can read. It has the access token alone: that expires soon,
 * whereas a refresh token would be used up by the first of two commands that run at once. Where the file cannot be written,
 * each command signs in.
 * @param data the folder; not created
 * @param url of the Agora that the tokens are for
 */
export const storedToken = (data: string, url: string): TokenStore => {
  const file = tokenFile(data)
  const hashOf = async ({ email, password }: Password, salt: string) =>
    (await slowHash(JSON.stringify([url, email, password]), salt, 32)).toString('base64url')
  return {
    load: async (of) => {
      try {
        const stored: unknown = JSON.parse(await readFile(file, 'utf8'))
        return Check(Stored, stored) && stored.of === (await hashOf(of, stored.salt))
          ? stored.token
          : undefined
      } catch {
        return undefined
      }
    },
    save: async (of, token) => {
      const next = `${file}.${randomUUID()}`
      try {
        const salt = randomBytes(16).toString('base64url')
        const content = JSON.stringify({ of: await hashOf(of, salt), salt, token })
        await writeFile(next, `${content}\n`, { mode: 0o600 })
        await rename(next, file)
      } catch {
        await rm(next, { force: true }).catch(() => undefined)
      }
    },
  }
}
