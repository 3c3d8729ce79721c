import { hostname, networkInterfaces } from 'node:os'

const any = new Set(['0.0.0.0', '::'])

/** The addresses of this machine that others may know, those of IPv4 first. */
const outside = (family?: 'IPv4'): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter((one) => !one.internal && (family === undefined || one.family === family))
    .toSorted((a, b) => a.family.localeCompare(b.family))
    .map(({ address }) => address)

const urlAt = (address: string, port: string): string =>
  new URL(`http://${address.includes(':') ? `[${address}]` : address}:${port}`).origin

/**
 * All URLs by which other processes may call this one, the one that they are told first.
 * @param options.host what it was told to serve on: `0.0.0.0` and `::` mean every address of this machine
 * @param options.url where it is served, with the port
 * @param options.advertisedUrl what others are to call it by
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
  const own = any.has(host)
    ? outside(host === '0.0.0.0' ? 'IPv4' : undefined).map((one) => urlAt(one, port))
    : [origin]
  const told = advertisedUrl === undefined ? own[0] : new URL(advertisedUrl).origin
  const first = told ?? urlAt(hostname(), port)
  return [first, ...own.filter((one) => one !== first)]
}
