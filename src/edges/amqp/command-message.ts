import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Fields } from '#kernel'
import { hasPlainSegments, pathSegmentOf } from '../../serving/path-segment.ts'
import { Problem } from '../../serving/problem.ts'
import type { AnyRoute } from '../../serving/route.ts'

const Values = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
)

/** A command by the name of its operation, as `docs/openapi.json` lists them. */
const ByOperation = Fields({
  operation: Type.String({ maxLength: 200 }),
  params: Type.Optional(Values),
  query: Type.Optional(Values),
  body: Type.Optional(Type.Unknown()),
})

/** A command by method and path, below the prefix of the API. */
const ByPath = Fields({
  method: Type.Enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  path: Type.String({ pattern: '^(/[A-Za-z0-9._~%:@-]+)+$', maxLength: 2_000 }),
  query: Type.Optional(Values),
  body: Type.Optional(Type.Unknown()),
})

/** Schema of the body of a command's message, JSON in UTF-8. */
export const CommandMessage = Type.Union([ByOperation, ByPath])
export type CommandMessage = Static<typeof CommandMessage>

const validator = Compile(CommandMessage)

/** A command that cannot be carried out as it is written. */
export class BadCommand extends Error {
  override name = 'BadCommand'
  readonly status: 400 | 401 | 403 | 404
  readonly code: string
  constructor(status: 400 | 401 | 403 | 404, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Parses the body of a message. @throws BadCommand */
export const parsedCommand = (content: Buffer): CommandMessage => {
  let read: unknown
  try {
    read = JSON.parse(content.toString())
  } catch {
    throw new BadCommand(400, 'malformed_command', 'The body of the message is no JSON')
  }
  if (validator.Check(read)) return read
  throw new BadCommand(
    400,
    'malformed_command',
    'The body of the message must be { operation, params?, query?, body? } or { method, path, query?, body? }, with a method of POST, PUT, PATCH or DELETE',
  )
}

/** A request of HTTP: the same command. */
export type CommandRequest = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the prefix of the API, with the query. */
  readonly url: string
  readonly body: unknown
}

/**
 * Routes that commands may address: those that change something, for signed-in callers, and take JSON. Those with secrets
 * are left out, as a queue stores its messages in plain text.
 */
const isCommand = ({ method, access, upload, atRoot, sealed, tokens }: AnyRoute): boolean =>
  method !== 'GET' &&
  access !== 'public' &&
  access !== 'internal' &&
  !upload &&
  !atRoot &&
  !sealed &&
  !tokens

const queryOf = (query: CommandMessage['query']): string => {
  const text = new URLSearchParams(
    Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return text === '' ? '' : `?${text}`
}

const isAt = (url: string, path: string): boolean => {
  const [declared, given] = [url.split('/'), path.split('/')]
  return (
    declared.length === given.length &&
    declared.every((part, at) => part.startsWith(':') || part === given[at])
  )
}

/** Fills the parameters of a declared path. @throws BadCommand for one that is missing, or would name another path */
const filled = (url: string, params: Static<typeof Values>): string =>
  url.replaceAll(/:([A-Za-z0-9]+)/g, (_, name: string) => {
    try {
      return pathSegmentOf(`params.${name}`, params[name])
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      throw new BadCommand(400, 'malformed_command', error.message)
    }
  })

/**
 * Returns the lookup of the request that a command stands for.
 * @param routes of all modules
 */
export const requestsOf = (
  routes: readonly AnyRoute[],
): ((command: CommandMessage) => CommandRequest) => {
  const byOperation = new Map(routes.map((one) => [one.operationId, one]))
  const mustBeCommand = (route: AnyRoute | undefined): AnyRoute => {
    if (!route)
      throw new BadCommand(404, 'no_such_operation', 'There is no such operation; see /docs')
    if (isCommand(route)) return route
    throw new BadCommand(
      403,
      'no_command',
      `${route.operationId} is no command for messages: it reads, takes files, has secrets, or needs no token`,
    )
  }
  return (command) => {
    const { query, body } = command
    if ('operation' in command) {
      const route = mustBeCommand(byOperation.get(command.operation))
      const url = `${filled(route.url, command.params ?? {})}${queryOf(query)}`
      // `isCommand` leaves out GET.
      return { method: route.method as CommandRequest['method'], url, body }
    }
    const { method, path } = command
    if (!hasPlainSegments(path))
      throw new BadCommand(400, 'malformed_command', 'path must have no dot segments')
    // A literal part precedes a parameter, as in the router.
    const found = routes.filter(
      (one) =>
        one.method === method && [one.url, ...(one.aliases ?? [])].some((url) => isAt(url, path)),
    )
    mustBeCommand(found.find(({ url }) => url === path) ?? found[0])
    return { method, url: `${path}${queryOf(query)}`, body }
  }
}
