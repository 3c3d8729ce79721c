import { setTimeout as pause } from 'node:timers/promises'
import { derivedUuid, placeholderOf } from '#kernel'
import { account, EmailAddress } from '../domains/identity/language.ts'
import type { UserId } from '../domains/shared/index.ts'
import { MailRefused, type Mailer } from '../platform/mail/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { letterFor } from './account-letters.ts'
import type { Letters } from './account-mail.ts'
import { job } from '../serving/job.ts'

/** Tells somebody who has left, by the last mail that they get, that it is done. */
export type SayGoodbye = (userId: UserId) => Promise<void>

const nobody = placeholderOf(EmailAddress)

/**
 * Sends the last mail while it is still known where to. It is tried a few times and then given up: nobody remains known
 * because a mail server is away.
 * @param options.pauses before each try but the first, in ms
 */
export const sayGoodbye =
  (
    mailer: Pick<Mailer, 'send'>,
    { links, site }: Letters,
    { stateOf }: Pick<Executor, 'stateOf'>,
    { pauses = [250, 1_000, 4_000] }: { readonly pauses?: readonly number[] } = {},
  ): SayGoodbye =>
  async (userId) => {
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
 */
export const goodbyeJob = (sayGoodbye: SayGoodbye, { execute }: Pick<Executor, 'execute'>) =>
  job({
    name: 'say-goodbye',
    from: [account],
    on: { AccountClosed: ({ id }) => ({ userId: id }) },
    run: async ({ userId }, origin) => {
      await sayGoodbye(userId)
      await execute(account, userId, { type: 'RecordGoodbye', data: {} }, origin)
    },
    givenUp: async ({ userId }, origin) => {
      await execute(account, userId, { type: 'RecordGoodbye', data: {} }, origin)
    },
    options: { concurrency: 8, attempts: 10, backoff: 500 },
  })
