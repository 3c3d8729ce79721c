import { hostname, networkInterfaces } from 'node:os'

const wildcards = new Set(['0.0.0.0', '::'])

/** External addresses of this machine, IPv4 first. */
const externalAddresses = (family?: 'IPv4'): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter((one) => !one.internal && (family === undefined || one.family === family))
    .toSorted((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address)

const urlAt = (address: string, port: string): string =>
  new URL(`http://${address.includes(':') ? `[${address}]` : address}:${port}`).origin

/**
 * Returns all URLs of this process for other processes, the announced one first.
 * @param options.host address that the process listens on; `0.0.0.0` and `::` mean every address of this machine
 * @param options.url URL that it listens on, with the port
 * @param options.advertisedUrl URL to announce instead
 */
export const urlsOf = ({
  host,
  url,
  advertisedUrl,
}: {
  readonly host: string
  readonly url: string
  readonly advertisedUrl: string | undefined
}): readonly [string, ...string[]] => {
  const { port, origin } = new URL(url)
  const own = wildcards.has(host)
    ? externalAddresses(host === '0.0.0.0' ? 'IPv4' : undefined).map((one) => urlAt(one, port))
    : [origin]
  const announced = advertisedUrl === undefined ? own[0] : new URL(advertisedUrl).origin
  const first = announced ?? urlAt(hostname(), port)
  return [first, ...own.filter((one) => one !== first)]
}
