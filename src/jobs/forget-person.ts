import { derivedUuid, type Projection } from '#kernel'
import { session } from '../domains/identity/index.ts'
import { notification } from '../domains/notifications/index.ts'
import { order } from '../domains/ordering/index.ts'
import { follow, profile } from '../domains/profiles/index.ts'
import type { Query } from '../platform/documents/port.ts'
import type { Executor, Origin } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { follows, notifications, orders, sessions } from '../projections/index.ts'
import { job } from './job.ts'

/** So many documents are looked up at once. */
const atOnce = 100

/**
 * Has every context forget somebody who has left: whom they followed and who followed them, what they were told, where
 * their orders went and where they signed in. What there is of them is looked up, as no event of theirs names it all. Every command may be sent
 * again, so that a crash on the way costs nothing but time.
 */
export const forgetPerson = (readModels: ReadModels, { execute }: Executor) => {
  /** All documents that match, as of everything recorded so far. */
  const all = async <D extends { readonly id: string }>(
    projection: Projection<D>,
    query: Omit<Query, 'limit' | 'offset' | 'sort'>,
    each: (document: D) => Promise<void>,
  ): Promise<number> => {
    const minPosition = await readModels.catchUp(projection)
    let count = 0
    for (let after = ''; ;) {
      const where = { ...query.where, id: { gt: after } }
      const { documents } = await readModels.find(
        projection,
        { ...query, where, sort: ['id'], limit: atOnce },
        minPosition,
      )
      await Promise.all(documents.map(each))
      count += documents.length
      if (documents.length < atOnce) return count
      after = documents.at(-1)!.id
    }
  }

  const to = (origin: Origin, id: string): Origin => ({
    ...origin,
    commandId: derivedUuid(origin.commandId, id),
  })

  return job({
    name: 'forget-person',
    from: [profile],
    on: { UserDeleted: ({ id }) => ({ userId: id }) },
    run: async ({ userId }, origin) => {
      const ends = { anyOf: [{ followerId: userId }, { followeeId: userId }] }
      const counts = {
        follows: await all(follows, ends, async ({ id, followerId, followeeId }) => {
          const command = { type: 'UnfollowUser' as const, data: { followerId, followeeId } }
          await execute(follow, id, command, to(origin, id))
        }),
        notifications: await all(notifications, { where: { userId } }, async ({ id }) => {
          await execute(notification, id, { type: 'ForgetNotification', data: {} }, to(origin, id))
        }),
        addresses: 0,
      }
      await all(orders, { where: { userId } }, async ({ id, shippingAddress }) => {
        if (!shippingAddress) return
        counts.addresses += 1
        await execute(order, id, { type: 'ForgetAddress', data: {} }, to(origin, id))
      })
      await all(sessions, { where: { userId } }, async ({ id }) => {
        await execute(session, id, { type: 'ForgetSession', data: {} }, to(origin, id))
      })
      await execute(profile, userId, { type: 'RecordForgotten', data: counts }, origin)
    },
    options: { concurrency: 2, attempts: 20, backoff: 1_000 },
  })
}
