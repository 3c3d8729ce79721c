import { streamOf } from '#kernel'
import type { Executor } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { accounts, orders, profiles, sessions, shipments } from '../../../projections/index.ts'
import { job } from '../../../serving/job.ts'
import { order } from '../../ordering/language.ts'
import { payment } from '../../payments/language.ts'
import { profile } from '../../profiles/language.ts'
import type { OrderId, UserId } from '../../shared/index.ts'
import { account, email, emailIdOf, username, usernameIdOf } from '../language.ts'
import { buyerOf } from '../services/buyer-of.ts'
import { eraseEverywhere } from '../services/erase-everywhere.ts'

/** Number of orders per query. */
const atOnce = 100

/** Greatest time to wait for the last mail, in ms, so that a mail that cannot be sent does not block the erasure. */
const tellingHolds = 10 * 60_000

/** The address or username is not released yet; the saga that releases it still has to read it. */
class NotReleased extends Error {
  override name = 'NotReleased'
}

/** The last mail is not sent yet, which needs the address. */
class NotTold extends Error {
  override name = 'NotTold'
}

/** `since` is a time, ISO 8601 in UTC. */
type Asked = { readonly since: string } & (
  | { readonly userId: UserId }
  | { readonly orderId: OrderId }
)

/** Returns whether the account is closed, and address and username are released or another user's. */
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

/** Finds orders that still have an address of the user. */
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

/** Returns whether the last mail was recorded, or is not needed. */
const isTold = async ({ stateOf }: Pick<Executor, 'stateOf'>, userId: UserId): Promise<boolean> => {
  const { state } = await stateOf(account, userId)
  return state.status !== 'closed' || state.told === true
}

/**
 * Destroys the key of a user whose data all contexts have erased, once no part of Agora needs to read them in the log.
 * Sessions and orders that were recorded since are erased first; paid orders among them delay the destruction.
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
    // The erasure in other contexts is recorded when it is complete.
    if (state.status !== 'deleted' || !state.forgotten) return
    if ('orderId' in asked && (await forgetting.receiptOf(userId))) return
    if (!(await isReleased(executor, userId)))
      throw new NotReleased(`Address and username of ${userId} are not released yet`)
    const waited = clock().getTime() - Date.parse(asked.since)
    if (waited < tellingHolds && !(await isTold(executor, userId)))
      throw new NotTold(`${userId} is not told yet that the account is closed`)
    const hastened = state.hastened ?? false
    const { awaited } = await eraseEverywhere({ userId, hastened, origin }, ports)
    if (awaited > 0) return
    // So that the receipt names what remains, not what is about to be removed.
    await Promise.all(
      [accounts, profiles, sessions, orders, shipments].map((one) => readModels.reach(one, 'head')),
    )
    await forgetting.forget(userId, { streams: await ordersOf(readModels, userId) })
  },
  givenUp: {
    reportsNothing:
      'No saga waits for the destruction of the key: there is no receipt until then, and retrying the dead letter completes it.',
  },
  options: { concurrency: 1, attempts: 20, backoff: 250 },
})
