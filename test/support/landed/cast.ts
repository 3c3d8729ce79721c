import type { Call } from '../http.ts'
import { successOf, type Credentials, type Person, type Shop } from '../shop.ts'
import { until } from '../until.ts'

/** The people of a story, signed in. */
export type Cast = {
  readonly root: Person
  readonly ada: Person
  /** A seller, whom ada follows. */
  readonly ben: Person
  readonly cleo: Person
}

/** The reader of an answer; undefined without a token. */
export type Reader = keyof Cast | undefined

/** A request that a later version answers as well, and what it leads to. */
export type NextStep = {
  readonly by?: string
  readonly method: Parameters<Call>[0]
  readonly path: string
  readonly body?: object
  readonly status: number
  /** What is read in the end: an answer that has at least these data. */
  readonly leadsTo: { readonly by?: string; readonly path: string; readonly data: unknown }
}

/** What a part of a story leaves to be read. */
export type StoryPart = {
  /** Paths of answers that stay the same as long as nobody changes anything. */
  readonly readings: readonly (readonly [by: Reader, path: string])[]
  /** What goes on after an upgrade, in this order. */
  readonly next?: readonly NextStep[]
}

/** Opens the accounts of a story: profiles, a seller, and follows among them. */
export const castOf = async (shop: Shop): Promise<Cast> => {
  const [root, ada, ben, cleo] = [
    await shop.admin(),
    await shop.register('ada'),
    await shop.register('ben'),
    await shop.register('cleo'),
  ]
  const profile = { name: 'Ada King', bio: 'Collects barometers' }
  successOf(await ada.call('PATCH', `/users/${ada.id}`, profile), 200)
  const stall = { displayName: 'Cups', about: 'Cups of clay' }
  successOf(await ben.call('POST', '/users/me/seller', stall), 202)
  successOf(await ada.call('POST', `/users/${ben.id}/follow`), 200)
  successOf(await ben.call('POST', `/users/${ada.id}/follow`), 200)
  successOf(await cleo.call('PATCH', `/users/${cleo.id}`, { username: 'cleopatra' }), 200)
  await until(
    async () => (await cleo.call('GET', '/users/me')).body.data.username,
    (username) => username === 'cleopatra',
  )
  const wrong = { email: cleo.email, password: 'not her password' }
  successOf(await shop.anyone('POST', '/auth/login', wrong), 401)
  const password = 'a newer long password'
  const change = { currentPassword: ben.password, newPassword: password }
  successOf(await ben.call('POST', '/auth/password/change', change), 200)
  // The role of sellers comes with the next sign-in.
  const credentials: Credentials = { email: ben.email, password }
  await until(
    async () => (await (await shop.signIn(credentials)).call('GET', '/users/me')).body.data.roles,
    (roles: readonly string[]) => roles.includes('seller'),
  )
  return { root, ada, ben: await shop.signIn(credentials), cleo }
}
