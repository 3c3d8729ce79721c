import { streamOf } from '#kernel'
import { account, email, emailIdOf, username, usernameIdOf } from '../domains/identity/index.ts'
import { order } from '../domains/ordering/index.ts'
import { profile } from '../domains/profiles/index.ts'
import type { UserId } from '../domains/shared/index.ts'
import type { Forgetting } from '../platform/forgetting/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { accounts, orders, profiles, sessions } from '../projections/index.ts'
import type { SayGoodbye } from './goodbye.ts'
import { job } from './job.ts'

/** So many orders are looked up at once. */
const atOnce = 100

/** Somebody's address or username is not free yet: who sees to that has still to read which it was. */
class NotReleased extends Error {
  override name = 'NotReleased'
}

/**
 * Forgets for good who has left and was forgotten by every context: once nobody needs to read any more what the log
 * says of them, their key is destroyed.
 * @param goodbye tells them so, as long as it is known where they are
 */
export const destroyKey = (
  forgetting: Pick<Forgetting, 'forget'>,
  readModels: Pick<ReadModels, 'catchUp' | 'find'>,
  { stateOf }: Executor,
  goodbye: SayGoodbye,
) => {
  /** Whether the account has ended and what was theirs alone is free again, or somebody else's. */
  const isReleased = async (userId: UserId): Promise<boolean> => {
    const { state } = await stateOf(account, userId)
    if (state.status === 'new') return true
    if (state.status !== 'closed') return false
    const [address, name] = await Promise.all([
      stateOf(email, emailIdOf(state.email)),
      stateOf(username, usernameIdOf(state.username)),
    ])
    return [address, name].every(
      ({ state: held }) => held.status === 'free' || held.userId !== userId,
    )
  }

  /** Where else something is said of them: where their orders went. */
  const ordersOf = async (userId: UserId): Promise<readonly string[]> => {
    const streams: string[] = []
    for (let after = '', found = atOnce; found === atOnce;) {
      const where = { userId, id: { gt: after } }
      const { documents } = await readModels.find(orders, { where, sort: ['id'], limit: atOnce })
      streams.push(...documents.map(({ id }) => streamOf(order, id)))
      found = documents.length
      after = documents.at(-1)?.id ?? after
    }
    return streams
  }

  return job({
    name: 'destroy-key',
    from: [profile],
    on: { UserForgotten: ({ id }) => ({ userId: id }) },
    run: async ({ userId }) => {
      if (!(await isReleased(userId))) throw new NotReleased(`What ${userId} had is not free yet`)
      await goodbye(userId)
      // So that the receipt tells of what stays, not of what is about to go.
      await Promise.all([accounts, profiles, sessions, orders].map(readModels.catchUp))
      await forgetting.forget(userId, { streams: await ordersOf(userId) })
    },
    options: { concurrency: 1, attempts: 20, backoff: 250 },
  })
}
