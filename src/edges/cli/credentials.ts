import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { isLoopback } from '../../platform/security/loopback.ts'
import { BadUsage } from './failure.ts'

/** Who the CLI is: by a token, or by what it signs in with. */
export type Credentials =
  | { readonly token: string }
  | { readonly email: string; readonly password: string }

/** What was said about it on the command line. */
export type Said = {
  readonly token?: string
  readonly email?: string
  readonly password?: string
}

type Env = Readonly<Record<string, string | undefined>>

const Admin = Type.Object({ email: Type.String(), password: Type.String() })

const pair = (
  email: string | undefined,
  password: string | undefined,
  names: string,
): Credentials | undefined => {
  if (email && password) return { email, password }
  if (email || password) throw new BadUsage(`${names} go together; give both.`)
  return undefined
}

/** Whether a URL is of this machine. */
const isLocal = (url: string): boolean =>
  isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'))

const firstAdmin = async (data: string): Promise<Credentials | undefined> => {
  const text = await readFile(join(data, 'admin.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const admin: unknown = JSON.parse(text)
  return Check(Admin, admin) ? admin : undefined
}

/** The folder of everything that an embedded Agora keeps. */
export const dataFolder = (env: Env): string => env.AGORA_DATA || '.agora'

/** Where a running Agora keeps its address, for whoever operates it on the same machine. */
export const urlFile = (data: string): string => join(data, 'url')

const keptUrl = (env: Env): string | undefined => {
  try {
    return readFileSync(urlFile(dataFolder(env)), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** The Agora on this machine, when none is named: by its host and port, by its folder, or at the usual place. */
export const urlHere = (env: Env): string =>
  env.HOST || env.PORT
    ? `http://${env.HOST || '127.0.0.1'}:${env.PORT || 3000}`
    : (keptUrl(env) ?? 'http://127.0.0.1:3000')

/**
 * Looks for credentials: on the command line, in the environment, and in what an embedded Agora keeps of its first
 * admin. The last are for this machine only: nobody else's server gets to see them.
 * @param url whom they are for
 * @throws BadUsage when there is half of a pair
 */
export const findCredentials = async (
  { token, email, password }: Said,
  env: Env,
  url: string,
): Promise<Credentials | undefined> => {
  if (token) return { token }
  if (email ?? password)
    return pair(email, password ?? env.ADMIN_PASSWORD, '--email and --password')
  if (env.AGORA_TOKEN) return { token: env.AGORA_TOKEN }
  return (
    pair(env.ADMIN_EMAIL, env.ADMIN_PASSWORD, 'ADMIN_EMAIL and ADMIN_PASSWORD') ??
    (isLocal(url) ? firstAdmin(dataFolder(env)) : undefined)
  )
}
