import type { TSchema } from 'typebox'
import type { AnyRoute, Rpc } from '../../serving/route.ts'
import { pathSegmentOf, urlTextOf } from '../../serving/path-segment.ts'

/** A request of HTTP. */
export type TwinRequest = {
  /** Path and query. */
  readonly url: string
  /** JSON; undefined for a route without a body. */
  readonly body: string | undefined
}

/** Field of a request that names the fields to remove. */
const clearing = 'clear'

const namesOf = (schema: { readonly properties: object } | undefined): ReadonlySet<string> =>
  new Set(Object.keys(schema?.properties ?? {}))

const isArray = (schema: TSchema | undefined): boolean =>
  schema !== undefined && 'type' in schema && schema.type === 'array'

/**
 * Creates the conversion of an RPC's request to that of its route: a field goes to the path, the query or the body, whichever
 * schema has its name.
 * @param prefix of all paths: `/api/v1`
 * @returns a function that throws Problem 400 for a message that names no path
 */
export const twinRequestOf = (
  prefix: string,
  { url, params, query, body }: Pick<AnyRoute, 'url' | 'params' | 'query' | 'body'>,
  { params: fixed = {} }: Pick<Rpc, 'params'>,
): ((message: Readonly<Record<string, unknown>>) => TwinRequest) => {
  const [inQuery, inBody] = [namesOf(query), namesOf(body)]
  const segments = `${prefix}${url}`.split('/')
  const hasParams = namesOf(params).size > 0

  const pathOf = (message: Readonly<Record<string, unknown>>): string =>
    segments
      .map((segment) => {
        if (!segment.startsWith(':')) return segment
        const name = segment.slice(1)
        return pathSegmentOf(name, fixed[name] ?? message[name])
      })
      .join('/')

  const bodyOf = (message: Readonly<Record<string, unknown>>): string => {
    const values: Record<string, unknown> = {}
    // `null` removes a text, and an empty list all of its entries.
    const cleared = message[clearing]
    if (Array.isArray(cleared))
      for (const name of cleared) values[name] = isArray(body?.properties[name]) ? [] : null
    for (const [name, value] of Object.entries(message))
      if (inBody.has(name) && value !== null) values[name] = value
    return JSON.stringify(values)
  }

  return (message) => {
    const path = hasParams ? pathOf(message) : `${prefix}${url}`
    const asked = new URLSearchParams()
    if (inQuery.size > 0)
      for (const [name, value] of Object.entries(message))
        if (inQuery.has(name) && value !== null) asked.set(name, urlTextOf(value))
    const search = asked.toString()
    return {
      url: search === '' ? path : `${path}?${search}`,
      body: body ? bodyOf(message) : undefined,
    }
  }
}

/** Whether data of a schema has pairs of numbers, which are messages with `start` and `end` over gRPC. */
const hasPairs = (schema: unknown): boolean => {
  if (typeof schema !== 'object' || schema === null) return false
  if ('items' in schema && isArray(schema.items as TSchema)) return true
  return Object.values(schema).some(hasPairs)
}

const withNamedPairs = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.map((one) =>
      Array.isArray(one) ? { start: one[0], end: one[1] } : withNamedPairs(one),
    )
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withNamedPairs(one)]))
}

/** An answer of HTTP that is a success. */
export type Success = {
  readonly data: object
  readonly meta?: { readonly position?: string; readonly partial?: readonly string[] }
  readonly tokens?: object
}

/** Creates the conversion of the answer of a route to the message of its RPC: the fields of `data`, and the tokens. */
export const messageOf = ({
  data: schema,
}: Pick<AnyRoute, 'data'>): ((answer: Success) => object) => {
  const isPlain = !hasPairs(schema)
  return ({ data, tokens }) => {
    const message = isPlain ? data : (withNamedPairs(data) as object)
    return tokens ? { ...message, tokens } : message
  }
}
