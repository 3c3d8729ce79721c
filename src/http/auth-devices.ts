import { randomUUID } from 'node:crypto'
import type { SigningKeys } from '../platform/keys/port.ts'
import { signer } from '../platform/signed-text.ts'

/** Knows the devices that somebody has signed in on before, by a signed cookie. */
export type Devices = {
  /** The device's id, when the cookie was given to this user. */
  readonly idOf: (cookie: string | undefined, userId: string) => string | undefined
  /** A cookie for a device; a new id, unless the device is known. */
  readonly cookieFor: (userId: string, id?: string) => string
}

/** Nothing is kept: a cookie that we have signed for a user is known again, by every process. */
export const devices = ({ secretFor }: Pick<SigningKeys, 'secretFor'>): Devices => {
  const { sign, isSigned } = signer(secretFor('devices'))
  return {
    idOf: (cookie, userId) => {
      const [id = '', signature = '', ...more] = cookie?.split('.') ?? []
      return more.length === 0 && isSigned(signature, userId, id) ? id : undefined
    },
    cookieFor: (userId, id = randomUUID()) => `${id}.${sign(userId, id)}`,
  }
}
