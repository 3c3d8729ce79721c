import { createHmac, timingSafeEqual } from 'node:crypto'
import type { JobPorts } from '../../../serving/job-ports.ts'
import type { UserId } from '../../shared/index.ts'
import { phoneIdOf, type DeviceId } from '../language.ts'

type Keys = Pick<JobPorts['keys'], 'secretFor'>

/** Returns the HMAC of a telephone number, the same for all users: limits and ids do not show the number. */
export const sealedNumber = (keys: Keys, number: string): string =>
  createHmac('sha256', keys.secretFor('phone-ids')).update(number).digest('base64url')

/** Returns the id of a user's telephone. */
export const phoneIdFor = (keys: Keys, userId: UserId, number: string): DeviceId =>
  phoneIdOf(userId, sealedNumber(keys, number))

/** Length of the windows of time that codes follow from, in ms. */
const codeWindow = 5 * 60_000

/** Earlier windows whose codes are valid: a code is for 15 minutes at least, and 20 at most. */
const earlier = 3

/** A telephone as it was registered last. */
type Registration = {
  readonly id: DeviceId
  /** Revision of its stream: that of the last registration, until it is confirmed. */
  readonly revision: number
}

const codeIn = (keys: Keys, { id, revision }: Registration, window: number): string => {
  const text = [id, revision, window].join(' ')
  const mac = createHmac('sha256', keys.secretFor('phone-codes')).update(text).digest()
  return String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
}

const windowOf = (at: Date): number => Math.floor(at.getTime() / codeWindow)

/**
 * Returns the code that shows that a user has a telephone: six digits. It follows from the registration and the time, so that
 * none is stored; another registration ends it, and so do 15 to 20 minutes.
 * @param at the time at which it is sent
 */
export const phoneCodeOf = (keys: Keys, registration: Registration, at: Date): string =>
  codeIn(keys, registration, windowOf(at))

/** Returns whether a code is that of a registration, and valid at this time. @param code six digits */
export const isPhoneCode = (
  keys: Keys,
  registration: Registration,
  code: string,
  at: Date,
): boolean => {
  let isRight = false
  for (let back = 0; back <= earlier; back += 1) {
    const right = codeIn(keys, registration, windowOf(at) - back)
    isRight = timingSafeEqual(Buffer.from(code), Buffer.from(right)) || isRight
  }
  return isRight
}
