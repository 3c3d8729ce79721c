import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Role } from '../../../src/domains/shared/index.ts'
import type { AnyRoute } from '../../../src/serving/route.ts'
import { pool, type Pool } from './pool.ts'
import type { CallerName, Described } from './requests.ts'
import { routeOf } from './routes.ts'
import { sender, wireOf, type Answered, type Send } from './send.ts'

/** Prefix of the API. */
export const prefix = '/api/v1'

/** A signed-in user. */
export type Person = {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly token: string
}

/** A server, the people who call it, and the ids of what is there. */
export type Stage = Disposable & {
  readonly url: string
  readonly send: Send['send']
  readonly pool: Pool
  readonly personOf: (name: CallerName) => Person | undefined
  /** Puts new people in place of those whom the requests have signed out, suspended or erased. */
  readonly reviveAll: () => Promise<void>
  /** Does so for one of them, if a request of theirs is refused. */
  readonly reviveIfGone: (name: CallerName) => Promise<void>
  /** Sends a request of a route, and takes the ids of the answer. */
  readonly ask: (route: AnyRoute, described: Described) => Promise<Answered>
  /** Sends a valid request; repeats it while what it needs is on its way. @throws Error with the last answer */
  readonly must: (
    as: CallerName,
    operation: `${AnyRoute['method']} ${string}`,
    params?: Readonly<Record<string, string>>,
    json?: unknown,
  ) => Promise<Data>
}

// What an answer has is not known to types.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any

/** Password of all people. */
const password = 'a long password of the fuzz'

/** Roles of the callers. */
export const rolesOf: Readonly<Record<CallerName, readonly Role[]>> = {
  nobody: [],
  buyer: ['buyer'],
  other: ['buyer', 'seller'],
  seller: ['buyer', 'seller'],
  analyst: ['analyst'],
  admin: ['admin'],
}

/** Attempts at a request of which something is on its way, each a little later. */
const attempts = 100

const tokensOf = ({ body }: Answered): { accessToken: string; refreshToken: string } =>
  (body as Data).tokens

const dataOf = ({ body }: Answered): Data => (body as { readonly data?: unknown } | undefined)?.data

/**
 * Registers the people who call a server.
 * @param admin the admin of the server, who is not called upon by requests
 */
export const openStage = async (
  url: string,
  admin: { readonly email: string; readonly password: string },
): Promise<Stage> => {
  const client = sender(url)
  const ids = pool()
  const people = new Map<CallerName, Person>()

  const call = async (
    token: string | undefined,
    method: AnyRoute['method'],
    path: string,
    json?: unknown,
  ): Promise<Answered> => {
    const described = {
      as: 'nobody',
      params: {},
      segments: {},
      query: [],
      headers: [],
      json,
    } as const
    const find = ids.findFor('nobody')
    const answered = await client.send(
      wireOf({ method, url: path }, described, { prefix, token, find }),
    )
    if (answered.status >= 300)
      throw new Error(`${method} ${path}: ${answered.status} ${answered.text}`)
    return answered
  }
  const own = await call(undefined, 'POST', '/auth/login', admin)
  ids.protect(dataOf(own).userId)
  let root = tokensOf(own)

  /** Grants roles, as the admin, whose token is replaced once it has expired or was revoked. */
  const grant = async (id: string, roles: readonly Role[]): Promise<void> => {
    const grantOnce = () => call(root.accessToken, 'PATCH', `/admin/users/${id}`, { roles })
    await grantOnce().catch(async () => {
      root = tokensOf(await call(undefined, 'POST', '/auth/login', admin))
      await grantOnce()
    })
  }
  const join = async (name: CallerName): Promise<Person> => {
    const username = `${name}-${randomBytes(4).toString('hex')}`
    const email = `${username}@fuzz.example`
    const account = { email, username, password }
    const registered = await call(undefined, 'POST', '/auth/register', account)
    const { userId: id } = dataOf(registered)
    await grant(id, rolesOf[name])
    // The new token has the roles, without another hash of the password.
    const { refreshToken } = tokensOf(registered)
    const refreshed = await call(undefined, 'POST', '/auth/refresh', { refreshToken })
    return { id, email, password, token: tokensOf(refreshed).accessToken }
  }
  /** Tries again where a busy machine takes too long for the hash of a password. */
  const joinAtLast = async (name: CallerName, left = 5): Promise<Person> => {
    try {
      return await join(name)
    } catch (error) {
      if (left === 0) throw error
      return joinAtLast(name, left - 1)
    }
  }
  const revive = async (name: CallerName): Promise<void> => {
    const person = await joinAtLast(name)
    people.set(name, person)
    ids.add('UserId', person.id, name)
  }
  const reviveAll = async (): Promise<void> => {
    for (const name of ['buyer', 'other', 'seller', 'analyst', 'admin'] as const) await revive(name)
  }
  await reviveAll()
  const reviving = new Map<CallerName, Promise<void>>()
  const reviveIfGone: Stage['reviveIfGone'] = async (name) => {
    const before = people.get(name)
    if (!before) return
    const check = async () => {
      try {
        await call(before.token, 'GET', '/users/me')
      } catch {
        if (people.get(name) === before) await revive(name)
      }
    }
    const one = reviving.get(name) ?? check().finally(() => reviving.delete(name))
    reviving.set(name, one)
    await one
  }

  const ask: Stage['ask'] = async (route, described) => {
    const { as } = described
    const token = people.get(as)?.token
    const find = ids.findFor(as)
    const answered = await client.send(wireOf(route, described, { prefix, token, find }))
    if (answered.status < 300 && answered.body) ids.harvest(route.data, dataOf(answered), as)
    return answered
  }

  const must: Stage['must'] = async (as, operation, params = {}, json) => {
    const route = routeOf(operation)
    for (let attempt = 1; ; attempt += 1) {
      const described: Described = { as, params, segments: {}, query: [], headers: [], json }
      const answered = await ask(route, described)
      if (answered.status < 300) return dataOf(answered)
      if (attempt === attempts || ![404, 409, 503].includes(answered.status))
        throw new Error(`${operation} as ${as}: ${answered.status} ${answered.text}`)
      await pause(50)
    }
  }

  return {
    url,
    send: client.send,
    pool: ids,
    personOf: (name) => people.get(name),
    reviveAll,
    reviveIfGone,
    ask,
    must,
    [Symbol.dispose]: () => client[Symbol.dispose](),
  }
}
