import { randomUUID } from 'node:crypto'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import { signer } from '../../../platform/security/signed-text.ts'

/** Recognizes devices of earlier sign-ins by a signed cookie. */
export type Devices = {
  /** Returns the device's id, if the cookie was issued to this user in the current era of the account. */
  readonly idOf: (cookie: string | undefined, user: DeviceUser) => string | undefined
  /** Returns a cookie for a device, with a new id unless the device is known. */
  readonly cookieFor: (user: DeviceUser, id?: string) => string
  /** Returns a known device's cookie for a new era; undefined when it was not known. */
  readonly renewed: (
    cookie: string | undefined,
    user: DeviceUser,
    era: number,
  ) => string | undefined
}

/**
 * Returns the subject of a device cookie. It contains the era, so that a change of the password invalidates the cookies of
 * earlier devices.
 */
export type DeviceUser = { readonly userId: string; readonly era: number }

const partsOf = ({ userId, era }: DeviceUser, id: string): string[] =>
  era === 0 ? [userId, id] : [userId, id, String(era)]

/** Creates the recognition of devices. It is stateless: every process recognizes a signed cookie. */
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

/** Returns the recognition of devices with the keys of this Agora. */
export const devicesOf = oncePerPorts(({ keys }: Pick<Ports, 'keys'>) => devices(keys))
