import type { CallerName } from '../support/requests.ts'

/** An EventStoreDB endpoint that is fuzzed. */
export type EventStoreTarget = {
  readonly name: string
  readonly port: number
  /** Certificate; without one, callers do not sign in. */
  readonly ca: Buffer | undefined
  readonly writable: boolean
  /** Type of events that may be appended. */
  readonly type: string
  /** Name and password of a caller, undefined for those without an account. */
  readonly credentialsOf: (as: CallerName) => readonly [name: string, password: string] | undefined
}

/** Value of the header of a caller who signs in. */
export const basic = (credentials: readonly [string, string]): string =>
  `Basic ${Buffer.from(credentials.join(':')).toString('base64')}`
