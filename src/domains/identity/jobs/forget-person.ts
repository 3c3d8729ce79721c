import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { order } from '../../ordering/language.ts'
import { payment } from '../../payments/language.ts'
import { profile } from '../../profiles/language.ts'
import type { OrderId, UserId } from '../../shared/index.ts'
import { account } from '../language.ts'
import { buyerOf } from '../services/buyer-of.ts'
import { eraseEverywhere } from '../services/erase-everywhere.ts'

type Asked = { readonly userId: UserId } | { readonly orderId: OrderId }

/**
 * Erases the data of a user who has left in every context, and records the erasure once no context awaits anything; the
 * other data are erased before that. The account is closed first, so that no new data follow.
 */
export const forgetPerson = job({
  name: 'forget-person',
  from: [profile, order, payment],
  on: {
    UserDeleted: ({ id }): Asked => ({ userId: id }),
    UserForgettingHastened: ({ id }) => ({ userId: id }),
    OrderAddressForgotten: ({ id, data: { waited } }) => (waited ? { orderId: id } : undefined),
    PaymentRefunded: ({ data: { orderId } }) => ({ orderId }),
  },
  run: async (asked, origin, ports) => {
    const { executor } = ports
    const userId = 'userId' in asked ? asked.userId : await buyerOf(executor, asked.orderId)
    if (userId === undefined) return
    const { state } = await executor.stateOf(profile, userId)
    if (state.status !== 'deleted' || state.forgotten) return
    // The saga `farewell` closes it as well, but later; until then the user could order or sign in.
    const close = { type: 'CloseAccount' as const, data: { reason: 'deleted' } }
    await executor.execute(account, userId, close, derivedOrigin(origin, 'account'))
    const hastened = state.hastened ?? false
    const { awaited, counts } = await eraseEverywhere({ userId, hastened, origin }, ports)
    if (awaited > 0) return
    const record = { type: 'RecordForgotten' as const, data: { counts } }
    await executor.execute(profile, userId, record, origin)
  },
  givenUp: {
    reportsNothing:
      'The key is destroyed after the erasure is recorded: until the dead letter is retried, neither happens, and there is no receipt.',
  },
  options: { concurrency: 2, attempts: 20, backoff: 1_000 },
})
