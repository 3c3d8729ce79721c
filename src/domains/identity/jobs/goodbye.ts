import { setTimeout as pause } from 'node:timers/promises'
import { derivedUuid, placeholderOf } from '#kernel'
import { MailRefused } from '../../../platform/external/mail/port.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import type { UserId } from '../../shared/index.ts'
import { account, EmailAddress } from '../language.ts'
import { letterFor } from './account-letters.ts'

const nobody = placeholderOf(EmailAddress)

/**
 * Sends the last mail while the address is still readable. After a few attempts it is given up, so that an unavailable
 * mail server does not block the erasure.
 * @param userId of a user who has left
 * @param pauses before each attempt but the first, in ms
 */
export const sendGoodbye = async (
  userId: UserId,
  {
    mailer,
    letters: { links, site },
    executor: { stateOf },
  }: Pick<JobPorts, 'mailer' | 'letters' | 'executor'>,
  pauses: readonly number[],
): Promise<void> => {
  const { state } = await stateOf(account, userId)
  // It was recorded before, or the key is destroyed and the address cannot be read.
  if (state.status === 'new' || state.email === nobody) return
  const letter = letterFor({ kind: 'closed' }, { userId, ...state }, links, site())
  if (!letter) return
  for (const before of [0, ...pauses]) {
    await pause(before)
    try {
      return await mailer.send({ id: derivedUuid(userId, 'goodbye'), ...letter })
    } catch (error) {
      if (error instanceof MailRefused) return
    }
  }
}

/**
 * Sends the last mail as soon as an account is closed, and records that it was sent or given up; the key is destroyed
 * only after that.
 * @param pauses before each attempt but the first, in ms
 */
export const sayGoodbye = (pauses: readonly number[] = [250, 1_000, 4_000]) =>
  job({
    name: 'say-goodbye',
    from: [account],
    on: { AccountClosed: ({ id }) => ({ userId: id }) },
    run: async ({ userId }, origin, ports) => {
      await sendGoodbye(userId, ports, pauses)
      const command = { type: 'RecordGoodbye' as const, data: {} }
      await ports.executor.execute(account, userId, command, origin)
    },
    givenUp: async ({ userId }, origin, _error, { executor: { execute } }) => {
      await execute(account, userId, { type: 'RecordGoodbye', data: {} }, origin)
    },
    options: { concurrency: 8, attempts: 10, backoff: 500 },
  })
