import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { portHolder } from './port-holder.ts'

/** Nobody can be served where they were to be; the message says what to do about it. */
export class CannotListen extends Error {
  override name = 'CannotListen'
}

/** Where somebody wanted to listen, and by which settings that was said: `PORT`, `--port`. */
export type Wanted = {
  readonly host: string
  readonly port: number
  readonly settings: { readonly host: string; readonly port: string }
}

/** What systems say; libraries put it into their messages. */
const codes = /E(?:ADDRINUSE|ADDRNOTAVAIL|ACCES|PERM|NOTFOUND|AI_AGAIN|INVAL)\b/

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/name resolution failed/i.test(error.message)) return 'ENOTFOUND'
  return codes.exec(`${code} ${error.message}`)?.[0]
}

/** Whether something else listens there. */
export const isPortTaken = (error: unknown): boolean => codeOf(error) === 'EADDRINUSE'

/** The command that tells whose port it is, by system; others have `lsof` as well, as often as not. */
const askFor = (port: number): string => {
  if (process.platform === 'linux') return `sudo ss -ltnp 'sport = :${port}'`
  if (process.platform === 'win32') return `netstat -ano | findstr :${port}`
  return `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`
}

/** Says whose port it is, or how to find out. */
export const whoHasPort = async (host: string, port: number): Promise<string> => {
  const holder = await portHolder(host, port).catch(() => undefined)
  return holder
    ? `process ${holder.pid} (${holder.command})`
    : `another process (\`${askFor(port)}\` tells which)`
}

const ownAddresses = (): string => {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return [...new Set(all.filter(({ family }) => family === 'IPv4').map(({ address }) => address))]
    .slice(0, 5)
    .join(', ')
}

/**
 * What is said to somebody whose settings do not let a process listen.
 * @returns undefined when the error is about something else
 */
export const cannotListen = async (
  error: unknown,
  { host, port, settings }: Wanted,
): Promise<CannotListen | undefined> => {
  const at = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const said = async (): Promise<string | undefined> => {
    switch (codeOf(error)) {
      case 'EADDRINUSE':
        return `${at} is in use by ${await whoHasPort(host, port)}; stop it first, or set ${settings.port} to another port`
      case 'EADDRNOTAVAIL':
      case 'EINVAL':
        return `${host} is no address of this machine; set ${settings.host} to one that is (${ownAddresses()}), or to 0.0.0.0 for all of them`
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `${host} is no name of this machine that can be looked up; set ${settings.host} to an address, such as 127.0.0.1`
      case 'EACCES':
      case 'EPERM':
        return `This process may not listen at ${at}; set ${settings.port} to a port above 1023`
      default:
        return undefined
    }
  }
  const message = await said()
  return message === undefined ? undefined : new CannotListen(message, { cause: error })
}
