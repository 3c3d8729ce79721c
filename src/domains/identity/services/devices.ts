import { randomUUID } from 'node:crypto'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import { signer } from '../../../platform/security/signed-text.ts'

/** Recognises the devices that a user has signed in on before, by a signed cookie. */
export type Devices = {
  /** The device's id, when the cookie was given to this user, in the present era of their account. */
  readonly idOf: (cookie: string | undefined, user: DeviceUser) => string | undefined
  /** A cookie for a device; a new id, unless the device is known. */
  readonly cookieFor: (user: DeviceUser, id?: string) => string
  /** Another cookie for a device that goes on being known in a new era; undefined when it was not known before. */
  readonly renewed: (
    cookie: string | undefined,
    user: DeviceUser,
    era: number,
  ) => string | undefined
}

/**
 * Whose a device is. Who had the password before it was changed is no longer known by their device: the era is another
 * one.
 */
export type DeviceUser = { readonly userId: string; readonly era: number }

const partsOf = ({ userId, era }: DeviceUser, id: string): string[] =>
  era === 0 ? [userId, id] : [userId, id, String(era)]

/** Nothing is kept: a cookie that we have signed for a user is known again, by every process. */
export const devices = ({ secretFor }: Pick<SigningKeys, 'secretFor'>): Devices => {
  const { sign, isSigned } = signer(secretFor('devices'))
  const idOf: Devices['idOf'] = (cookie, user) => {
    const [id = '', signature = '', ...more] = cookie?.split('.') ?? []
    return more.length === 0 && isSigned(signature, ...partsOf(user, id)) ? id : undefined
  }
  const cookieFor: Devices['cookieFor'] = (user, id = randomUUID()) =>
    `${id}.${sign(...partsOf(user, id))}`
  return {
    idOf,
    cookieFor,
    renewed: (cookie, user, era) => {
      const id = idOf(cookie, user)
      return id === undefined ? undefined : cookieFor({ ...user, era }, id)
    },
  }
}

/** The devices of an Agora, by its keys. */
export const devicesOf = oncePerPorts(({ keys }: Pick<Ports, 'keys'>) => devices(keys))
