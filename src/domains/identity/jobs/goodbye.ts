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
 * Sends the last mail while it is still known where to. It is tried a few times and then given up: nobody remains known
 * because a mail server is away.
 * @param userId of a person who has left
 * @param pauses before each try but the first, in ms
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
  // It was done before, and nobody knows any more who they were.
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
 * Says goodbye to who has left as soon as their account is closed, and records that they were told, or that it was given
 * up: their key is kept until then.
 * @param pauses before each try but the first, in ms
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
