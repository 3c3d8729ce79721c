import { streamOf } from '#kernel'
import type { Executor } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { accounts, orders, profiles, sessions } from '../../../projections/index.ts'
import { job } from '../../../serving/job.ts'
import { order } from '../../ordering/language.ts'
import { payment } from '../../payments/language.ts'
import { profile } from '../../profiles/language.ts'
import type { OrderId, UserId } from '../../shared/index.ts'
import { account, email, emailIdOf, username, usernameIdOf } from '../language.ts'
import { buyerOf } from '../services/buyer-of.ts'
import { eraseEverywhere } from '../services/erase-everywhere.ts'

/** So many orders are looked up at once. */
const atOnce = 100

/** So long, in ms, the last mail is waited for: nobody remains known because no mail can be sent. */
const tellingHolds = 10 * 60_000

/** Somebody's address or username is not free yet: who sees to that has still to read which it was. */
class NotReleased extends Error {
  override name = 'NotReleased'
}

/** Nobody has been told yet that their account is closed: that needs to know where they are. */
class NotTold extends Error {
  override name = 'NotTold'
}

/** `since` is ISO 8601 in UTC. */
type Asked = { readonly since: string } & (
  | { readonly userId: UserId }
  | { readonly orderId: OrderId }
)

/** Whether the account has ended and what was theirs alone is free again, or somebody else's. */
const isReleased = async (
  { stateOf }: Pick<Executor, 'stateOf'>,
  userId: UserId,
): Promise<boolean> => {
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
const ordersOf = async (
  readModels: Pick<ReadModels, 'find'>,
  userId: UserId,
): Promise<readonly string[]> => {
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

/** Whether they were told that it is over, or need not be. */
const isTold = async ({ stateOf }: Pick<Executor, 'stateOf'>, userId: UserId): Promise<boolean> => {
  const { state } = await stateOf(account, userId)
  return state.status !== 'closed' || state.told === true
}

/**
 * Forgets for good who has left and was forgotten by every context: once nobody needs to read any more what the log
 * says of them, their key is destroyed. What has come
 * since from who still took them for somebody who is there is forgotten before; a parcel of that is waited for.
 */
export const destroyKey = job({
  name: 'destroy-key',
  from: [profile, order, payment],
  on: {
    UserForgotten: ({ id, at }): Asked => ({ userId: id, since: at }),
    UserForgettingHastened: ({ id, at }) => ({ userId: id, since: at }),
    OrderAddressForgotten: ({ id, at, data: { waited } }) =>
      waited ? { orderId: id, since: at } : undefined,
    PaymentRefunded: ({ at, data: { orderId } }) => ({ orderId, since: at }),
  },
  run: async (asked, origin, ports) => {
    const { executor, readModels, forgetting, clock } = ports
    const userId = 'userId' in asked ? asked.userId : await buyerOf(executor, asked.orderId)
    if (userId === undefined) return
    const { state } = await executor.stateOf(profile, userId)
    // That they are forgotten elsewhere is told when it is so.
    if (state.status !== 'deleted' || !state.forgotten) return
    if ('orderId' in asked && (await forgetting.receiptOf(userId))) return
    if (!(await isReleased(executor, userId)))
      throw new NotReleased(`What ${userId} had is not free yet`)
    const waited = clock().getTime() - Date.parse(asked.since)
    if (waited < tellingHolds && !(await isTold(executor, userId)))
      throw new NotTold(`${userId} is not told yet that it is over`)
    const hastened = state.hastened ?? false
    const { awaited } = await eraseEverywhere({ userId, hastened, origin }, ports)
    if (awaited > 0) return
    // So that the receipt tells of what stays, not of what is about to go.
    await Promise.all(
      [accounts, profiles, sessions, orders].map((one) => readModels.reach(one, 'head')),
    )
    await forgetting.forget(userId, { streams: await ordersOf(readModels, userId) })
  },
  givenUp: {
    reportsNothing:
      'Nothing waits for the key to go: there is no receipt as long as it is there, and the dead letter finishes it.',
  },
  options: { concurrency: 1, attempts: 20, backoff: 250 },
})
