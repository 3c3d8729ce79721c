import { createHmac } from 'node:crypto'
import type { JobPorts } from '../../../serving/job-ports.ts'
import type { UserId } from '../../shared/index.ts'
import { phoneIdOf, type DeviceId } from '../language.ts'

/** Returns the id of a user's telephone. */
export const phoneIdFor = (
  keys: Pick<JobPorts['keys'], 'secretFor'>,
  userId: UserId,
  number: string,
): DeviceId =>
  phoneIdOf(
    userId,
    createHmac('sha256', keys.secretFor('phone-ids')).update(number).digest('base64url'),
  )

/**
 * Returns the code that shows that a user has a telephone: six digits. It follows from the device, so that none is stored.
 */
export const phoneCodeOf = (keys: Pick<JobPorts['keys'], 'secretFor'>, id: DeviceId): string => {
  const mac = createHmac('sha256', keys.secretFor('phone-codes')).update(id).digest()
  return String(mac.readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
}
