import { Compile, type Validator } from 'typebox/compile'
import { operationOf } from '../../../src/docs/open-api/operation.ts'
import { successOf, type AnyRoute } from '../../../src/serving/route.ts'
import type { Answered } from './send.ts'

/** What is wrong with an answer. */
export type Verdict = { readonly what: string; readonly detail: string }

/** Codes of outages that a request may meet on a server that is well: it is behind, or busy. */
const outages = new Set(['not_caught_up', 'too_slow', 'overloaded'])

/** Statuses by which the server of HTTP answers what it does not read as a request of any route. */
const ofProtocol = new Set([400, 405, 408, 417, 431])

type Expected = { readonly statuses: ReadonlySet<number>; readonly success: Validator }

const expectedOf = new WeakMap<AnyRoute, Expected>()

const expected = (route: AnyRoute): Expected => {
  const known = expectedOf.get(route)
  if (known) return known
  const { responses } = operationOf(route, '', route.url)
  const schema =
    route.success ?? (route.bare ? route.data : successOf(route.data, route.tokens ?? false))
  const created: Expected = {
    statuses: new Set(Object.keys(responses).map(Number)),
    success: Compile(schema) as Validator,
  }
  expectedOf.set(route, created)
  return created
}

const codeOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : ''

/** Whether an answer is one of a declared outage. */
export const isOutage = ({ status, body }: Answered): boolean =>
  status === 503 && outages.has(codeOf(body))

const ofProblem = ({ headers, body, text, status }: Answered): Verdict | undefined => {
  const detail = text.slice(0, 500)
  // A page for people who follow a link.
  if (headers['content-type']?.includes('text/html')) return undefined
  if (codeOf(body) === '' && !ofProtocol.has(status))
    return { what: `${status} without a problem`, detail }
  return undefined
}

/** Judges an answer of a route by its declaration. @returns undefined when it is as declared */
export const judged = (route: AnyRoute, answered: Answered): Verdict | undefined => {
  const { status, body, text } = answered
  const detail = text.slice(0, 500)
  if (status >= 500 && !isOutage(answered)) return { what: `${status} ${codeOf(body)}`, detail }
  const { statuses, success } = expected(route)
  if (!statuses.has(status) && !ofProtocol.has(status))
    return { what: `${status}, which is not declared`, detail }
  if (status >= 400) return ofProblem(answered)
  if (status >= 300 || route.binary || text === '' || success.Check(body)) return undefined
  const [error] = success.Errors(body)
  return {
    what: `${status} with a body that its schema rejects`,
    detail: `${JSON.stringify(error)} in ${detail}`,
  }
}
