import { derivedUuid } from '#kernel'
import { account } from '../domains/identity/language.ts'
import { order } from '../domains/ordering/language.ts'
import { payment } from '../domains/payments/language.ts'
import { profile } from '../domains/profiles/language.ts'
import type { OrderId, UserId } from '../domains/shared/index.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { forgetEverywhere } from './forget-everywhere.ts'
import { job } from '../serving/job.ts'

type Asked = { readonly userId: UserId } | { readonly orderId: OrderId }

/** Whose order it is. @returns undefined when there is none */
export const buyerOf =
  ({ stateOf }: Pick<Executor, 'stateOf'>) =>
  async (orderId: OrderId): Promise<UserId | undefined> => {
    const { state } = await stateOf(order, orderId)
    return state.status === 'NEW' ? undefined : state.userId
  }

/**
 * Has every context forget somebody who has left, and records that it is done when no order is waited for any more: the
 * rest is forgotten meanwhile. Their account is closed first, so that nothing more comes of it.
 */
export const forgetPerson = (
  readModels: Pick<ReadModels, 'catchUp' | 'find'>,
  executor: Executor,
) => {
  const { execute, stateOf } = executor
  const forget = forgetEverywhere(readModels, executor)
  const whose = buyerOf(executor)

  return job({
    name: 'forget-person',
    from: [profile, order, payment],
    on: {
      UserDeleted: ({ id }): Asked => ({ userId: id }),
      UserForgettingHastened: ({ id }) => ({ userId: id }),
      OrderAddressForgotten: ({ id, data: { waited } }) => (waited ? { orderId: id } : undefined),
      PaymentRefunded: ({ data: { orderId } }) => ({ orderId }),
    },
    run: async (asked, origin) => {
      const userId = 'userId' in asked ? asked.userId : await whose(asked.orderId)
      if (userId === undefined) return
      const { state } = await stateOf(profile, userId)
      if (state.status !== 'deleted' || state.forgotten) return
      const closing = { ...origin, commandId: derivedUuid(origin.commandId, 'account') }
      // Farewell does so as well; nobody is to order, or sign in, for as long as it is on its way.
      const close = { type: 'CloseAccount' as const, data: { reason: 'deleted' } }
      await execute(account, userId, close, closing)
      const { awaited, counts } = await forget(userId, state.hastened ?? false, origin)
      if (awaited > 0) return
      await execute(profile, userId, { type: 'RecordForgotten', data: counts }, origin)
    },
    givenUp: {
      reportsNothing:
        'The key is destroyed once it is recorded that everything else is forgotten: until the dead letter is retried, neither is, and there is no receipt.',
    },
    options: { concurrency: 2, attempts: 20, backoff: 1_000 },
  })
}
