import type { Wire } from './send.ts'

/** Longest body that is printed as it is, in characters. */
const longest = 2_000

/** A word of a POSIX shell, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Whether a text is printed as it is: a terminal shows all of its characters. */
const isPlain = (text: string): boolean => !/[^\P{C}\n\r\t]/u.test(text)

const bodyOf = (body: string | Buffer): string => {
  const text = String(body)
  if (text.length > longest)
    return `--data-binary ${quoted(`${text.slice(0, 200)}… (${text.length} characters)`)}`
  if (typeof body === 'string' && isPlain(text)) return `--data-binary ${quoted(text)}`
  return `--data-binary "$(printf '%s' ${quoted(Buffer.from(body).toString('base64'))} | base64 -d)"`
}

/** A request as a command of curl. @param as whose token the variable `TOKEN` has */
export const curlOf = ({ method, path, headers, body }: Wire, as: string): string =>
  [
    `curl -i -X ${method} --path-as-is "$AGORA"${quoted(path.length > longest ? `${path.slice(0, 200)}…` : path)}`,
    ...Object.entries(headers).map(([name, value]) =>
      name === 'authorization' && String(value).length > 300
        ? '-H "authorization: Bearer $TOKEN"'
        : `-H ${quoted(`${name}: ${String(value).slice(0, 300)}`)}`,
    ),
    ...(body === undefined ? [] : [bodyOf(body)]),
  ].join(' \\\n  ') + `   # as ${as}`
