import createClient, { type Middleware } from 'openapi-fetch'
import { freshPaths, type paths } from './http-types.ts'
import { mustInclude, noteWritten } from './positions.ts'
import { offlineProblem, problemOf } from './problem.ts'
import { send } from './transport.ts'

/** Adds the position of the last command to queries that can wait for it. */
const fresh: Middleware = {
  onRequest: ({ request, schemaPath }) => {
    const position = request.method === 'GET' ? mustInclude() : undefined
    if (position === undefined || !freshPaths.has(schemaPath)) return undefined
    const url = new URL(request.url)
    if (!url.searchParams.has('minPosition')) url.searchParams.set('minPosition', position)
    return new Request(url, request)
  },
}

/** The HTTP API, typed by its OpenAPI document. Its answers go through `read` or `run`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send })
api.use(fresh)

type Envelope<D> = {
  readonly data: D
  readonly meta?: { readonly position?: string; readonly partial?: readonly string[] }
}

type Called<E> = Promise<{ data?: E; error?: unknown; response: Response }>

const answered = async <E>(call: Called<E>): Promise<E> => {
  const { data, error, response } = await call.catch(() => {
    throw offlineProblem()
  })
  if (!response.ok || data === undefined) throw problemOf(response, error)
  return data
}

/**
 * Returns the data of a query.
 * @throws ApiProblem
 */
export const read = async <D>(call: Called<Envelope<D>>): Promise<D> => (await answered(call)).data

/**
 * Returns the data of a command, whose effects the following queries include.
 * @throws ApiProblem
 */
export const run = async <D>(call: Called<Envelope<D>>): Promise<D> => {
  const { data, meta } = await answered(call)
  if (meta?.position !== undefined) noteWritten(meta.position)
  return data
}

/**
 * Returns the whole answer of a sign-in, which has tokens besides its data.
 * @throws ApiProblem
 */
export const whole = answered

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never

type Success<T> = T extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never

/** The data of an operation's answer: `DataOf<'/api/v1/products/{id}', 'get'>`. */
export type DataOf<Path extends keyof paths, Method extends keyof paths[Path]> =
  Success<paths[Path][Method]> extends { data: infer D } ? D : never

/** The body of an operation's request. */
export type BodyOf<
  Path extends keyof paths,
  Method extends keyof paths[Path],
> = paths[Path][Method] extends { requestBody: infer Body } ? Json<Body> : never
