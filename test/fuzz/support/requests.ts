import fc, { type Arbitrary } from 'fast-check'
import type { TSchema } from 'typebox'
import type { AnyRoute } from '../../../src/serving/route.ts'
import { valid, withRefs } from './from-schema.ts'
import { badTokens, hostileSegments, hostileTexts, oddHeaders, rawBodies } from './hostile.ts'
import { mutated, someMutations } from './mutations.ts'
import { shapeOf } from './shape.ts'
import { Repeated } from './values.ts'

/** Callers of requests. */
export const callers = ['nobody', 'buyer', 'other', 'seller', 'analyst', 'admin'] as const
export type CallerName = (typeof callers)[number]

/** A body that is sent as it is. */
type RawBody = { readonly type: string | undefined; readonly content: string | Buffer }

/** A request, of which the ids are not chosen yet. */
export type Described = {
  readonly as: CallerName
  /** In place of the caller's. */
  readonly authorization?: string
  /** Values of path parameters; a text in `segments` is on the wire as it is. */
  readonly params: Readonly<Record<string, unknown>>
  readonly segments: Readonly<Record<string, string>>
  readonly query: readonly (readonly [name: string, value: unknown])[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** A value that is sent as JSON. */
  readonly json?: unknown
  readonly raw?: RawBody
}

/** Callers of a route: those that it admits, mostly. */
const callerOf = ({ access, url }: AnyRoute): Arbitrary<CallerName> => {
  const suited: CallerName =
    access === 'admin' || access === 'internal' || access === 'analyst' || access === 'seller'
      ? access === 'internal'
        ? 'admin'
        : access
      : url.startsWith('/gigs')
        ? 'seller'
        : 'buyer'
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(suited) },
    { weight: 4, arbitrary: fc.constant<CallerName>('admin') },
    { weight: 4, arbitrary: fc.constantFrom(...callers) },
  )
}

const rarely = <T>(weight: number, arbitrary: Arbitrary<T>): Arbitrary<T | undefined> =>
  fc.oneof({ weight: 20 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary })

const paramsOf = (schema: TSchema | undefined): Arbitrary<Readonly<Record<string, unknown>>> =>
  schema
    ? (valid(schema) as Arbitrary<Readonly<Record<string, unknown>>>)
    : fc.constant<Readonly<Record<string, unknown>>>({})

const namesOf = (schema: TSchema | undefined): readonly string[] =>
  Object.keys((schema && shapeOf(schema).properties) ?? {})

const segmentsOf = (names: readonly string[]): Arbitrary<Readonly<Record<string, string>>> =>
  names.length === 0
    ? fc.constant({})
    : rarely(2, fc.tuple(fc.constantFrom(...names), fc.constantFrom(...hostileSegments))).map(
        (hostile) => (hostile ? { [hostile[0]]: hostile[1] } : {}),
      )

type Query = Described['query']

/** A query by its schema, with hostile, unknown and repeated parameters once in a while. */
const queryOf = (schema: TSchema | undefined): Arbitrary<Query> => {
  const names = namesOf(schema)
  const all = schema ? (valid(schema) as Arbitrary<object>) : fc.constant({})
  const odd: Arbitrary<Query[number]> = fc.tuple(
    names.length > 0
      ? fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...names) },
          { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'a[b]', '', 'x') },
        )
      : fc.constantFrom('__proto__', 'x', 'minPosition'),
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom<unknown>(...hostileTexts) },
      { weight: 1, arbitrary: fc.constant<unknown>(new Repeated('x', 7_000)) },
    ),
  )
  return fc
    .tuple(all, fc.boolean(), rarely(7, fc.array(odd, { minLength: 1, maxLength: 2 })))
    .map(([query, isBare, further = []]) => [
      ...(isBare ? [] : Object.entries(query).filter(([name]) => name !== 'minPosition')),
      ...further,
    ])
}

const headersOf = (guarded: boolean): Arbitrary<Described['headers']> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    {
      weight: 3,
      arbitrary: fc.array(fc.constantFrom(...oddHeaders), { minLength: 1, maxLength: 2 }),
    },
    {
      weight: guarded ? 1 : 0,
      arbitrary: fc.constantFrom('"0"', '"1"', '"2"').map((tag) => [['if-match', tag] as const]),
    },
  )

type Body = Pick<Described, 'json' | 'raw'>

const rawBody: Arbitrary<Body> = fc
  .constantFrom(...rawBodies)
  .map(([type, content]) => ({ raw: { type, content } }))

const bodyOf = ({ body, example, method, upload }: AnyRoute): Arbitrary<Body> => {
  if (upload || !body)
    return method === 'GET'
      ? fc.constant({})
      : fc.oneof(
          { weight: 12, arbitrary: fc.constant<Body>({}) },
          { weight: 2, arbitrary: rawBody },
        )
  const base = fc.oneof(
    { weight: example === undefined ? 0 : 2, arbitrary: withRefs(body, example) },
    { weight: 1, arbitrary: valid(body) },
  )
  const json = fc
    .tuple(base, someMutations)
    .map(([value, mutations]): Body => ({ json: mutated(value, mutations) }))
  return fc.oneof({ weight: 16, arbitrary: json }, { weight: 1, arbitrary: rawBody })
}

/** Valid requests of a route, as far as its declaration says. */
const validOf = (route: AnyRoute): Arbitrary<Described> => {
  const { params, query, body, example } = route
  const bodies = body
    ? fc.oneof(
        { weight: example === undefined ? 0 : 2, arbitrary: withRefs(body, example) },
        { weight: 1, arbitrary: valid(body) },
      )
    : fc.constant(undefined)
  return fc
    .record({
      as: callerOf(route),
      params: paramsOf(params),
      query: query ? (valid(query) as Arbitrary<object>) : fc.constant({}),
      json: bodies,
    })
    .map(({ json, query, ...request }) => ({
      ...request,
      segments: {},
      // A cursor belongs to the list that has given it, and most positions are far away.
      query: Object.entries(query).filter(([name]) => !/cursor|Position/.test(name)),
      headers: [],
      ...(json !== undefined && { json }),
    }))
}

/** Requests of a route with hostile parts. */
const hostileOf = (route: AnyRoute): Arbitrary<Described> =>
  fc
    .record({
      as: callerOf(route),
      bad: rarely(1, fc.constantFrom(...badTokens)),
      params: paramsOf(route.params),
      segments: segmentsOf(namesOf(route.params)),
      query: queryOf(route.query),
      headers: headersOf(route.guarded ?? false),
      body: bodyOf(route),
    })
    .map(({ bad, body, ...request }) => ({
      ...request,
      ...body,
      ...(bad !== undefined && { authorization: bad }),
    }))

/** Requests of a route: valid ones, and ones with hostile parts. */
export const requestsOf = (route: AnyRoute): Arbitrary<Described> =>
  fc.oneof({ weight: 9, arbitrary: validOf(route) }, { weight: 11, arbitrary: hostileOf(route) })

/** Valid requests of a route by one caller: with the example of its body, where it has one. */
export const exampleOf = (route: AnyRoute, as: CallerName): Arbitrary<Described> =>
  fc
    .tuple(
      paramsOf(route.params),
      route.body ? withRefs(route.body, route.example ?? {}) : fc.constant(undefined),
    )
    .map(([params, json]) => ({
      as,
      params,
      segments: {},
      query: [],
      headers: [],
      ...(json !== undefined && { json }),
    }))
