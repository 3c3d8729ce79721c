import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { isLoopback } from '../../platform/security/loopback.ts'
import { BadUsage } from './failure.ts'

/** Credentials of the CLI: an access token, or e-mail address and password. */
export type Credentials =
  | { readonly token: string }
  | { readonly email: string; readonly password: string }

/** Credentials given on the command line. */
export type CredentialOptions = {
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

/** Whether a URL is on this machine. */
const isLocal = (url: string): boolean =>
  isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'))

const firstAdmin = async (data: string): Promise<Credentials | undefined> => {
  const text = await readFile(join(data, 'admin.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const admin: unknown = JSON.parse(text)
  return Check(Admin, admin) ? admin : undefined
}

/** Data folder of an embedded Agora. */
export const dataFolder = (env: Env): string => env.AGORA_DATA || '.agora'

/** File in which a running Agora stores its URL, for operators on the same machine. */
export const urlFile = (data: string): string => join(data, 'url')

const storedUrl = (env: Env): string | undefined => {
  try {
    return readFileSync(urlFile(dataFolder(env)), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** Addresses that a server listens on, but that clients cannot connect to everywhere. */
const allAddresses = ['0.0.0.0', '::']

const reachable = (host: string): string => {
  if (allAddresses.includes(host)) return '127.0.0.1'
  return isIPv6(host) ? `[${host}]` : host
}

/**
 * Default URL of the Agora on this machine: from host and port, from its data folder, or the standard address. With port 0,
 * the server has chosen one.
 */
export const urlHere = (env: Env): string =>
  (env.HOST || env.PORT) && env.PORT !== '0'
    ? `http://${reachable(env.HOST || '127.0.0.1')}:${env.PORT || 3000}`
    : (storedUrl(env) ?? 'http://127.0.0.1:3000')

/**
 * Finds credentials: on the command line, in the environment, or the stored first admin of an embedded Agora. The last
 * are used for this machine only, and never sent to another server.
 * @param url of the server they are for
 * @throws BadUsage when only one of e-mail address and password is given
 */
export const findCredentials = async (
  { token, email, password }: CredentialOptions,
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
