import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { portHolder } from './port-holder.ts'

/** A server cannot listen at its address; the message says which setting to change. */
export class CannotListen extends Error {
  override name = 'CannotListen'
}

/** Address of a server, and the names of its settings: `PORT`, `--port`. */
export type Wanted = {
  readonly host: string
  readonly port: number
  readonly settings: { readonly host: string; readonly port: string }
}

/** Error codes of the system; libraries include them in their messages. */
const codes = /E(?:ADDRINUSE|ADDRNOTAVAIL|ACCES|PERM|NOTFOUND|AI_AGAIN|INVAL)\b/

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (/name resolution failed/i.test(error.message)) return 'ENOTFOUND'
  return codes.exec(`${code} ${error.message}`)?.[0]
}

/** Whether an error says that another process listens at the address. */
export const isPortTaken = (error: unknown): boolean => codeOf(error) === 'EADDRINUSE'

/** Shell command that finds the process at a port, by system; most other systems have `lsof`. */
const searchCommand = (port: number): string => {
  if (process.platform === 'linux') return `sudo ss -ltnp 'sport = :${port}'`
  if (process.platform === 'win32') return `netstat -ano | findstr :${port}`
  return `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`
}

/** Describes the process that listens at a port, or a command that finds it. */
export const describePortHolder = async (host: string, port: number): Promise<string> => {
  const holder = await portHolder(host, port).catch(() => undefined)
  return holder
    ? `process ${holder.pid} (${holder.command})`
    : `another process (find it with \`${searchCommand(port)}\`)`
}

const ownAddresses = (): string => {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return [...new Set(all.filter(({ family }) => family === 'IPv4').map(({ address }) => address))]
    .slice(0, 5)
    .join(', ')
}

/**
 * Translates an error of listening to one that says which setting to change.
 * @returns undefined for any other error
 */
export const cannotListen = async (
  error: unknown,
  { host, port, settings }: Wanted,
): Promise<CannotListen | undefined> => {
  const at = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const translate = async (): Promise<string | undefined> => {
    switch (codeOf(error)) {
      case 'EADDRINUSE':
        return `${at} is in use by ${await describePortHolder(host, port)}; stop it first, or set ${settings.port} to another port`
      case 'EADDRNOTAVAIL':
      case 'EINVAL':
        return `${host} is no address of this machine; set ${settings.host} to one that is (${ownAddresses()}), or to 0.0.0.0 for all of them`
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `${host} is no name of this machine that can be resolved; set ${settings.host} to an address, such as 127.0.0.1`
      case 'EACCES':
      case 'EPERM':
        return `This process may not listen at ${at}; set ${settings.port} to a port above 1023`
      default:
        return undefined
    }
  }
  const message = await translate()
  return message === undefined ? undefined : new CannotListen(message, { cause: error })
}
