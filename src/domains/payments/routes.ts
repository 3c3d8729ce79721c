import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, moneyInWords, streamOf, type StateOf } from '#kernel'
import { gigOrder, order } from '../ordering/language.ts'
import { hasGoneBack, leftToRefund, payment, paymentIdOf } from './language.ts'
import { Money, OrderId, PaymentId, PaymentToken, Reason, RefundId } from '../shared/index.ts'
import { payments as all, PaymentStatus } from '../../projections/index.ts'
import { allows, mustOwn } from '../../serving/caller.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../serving/lists.ts'
import { during, period } from '../../serving/moments.ts'
import { invalid, notFound, Problem } from '../../serving/problem.ts'
import { DocumentFrom } from '../../serving/document-from.ts'
import { Conflict } from '../../platform/storage/event-log/port.ts'
import { readOne } from '../../runtime/reading.ts'
import { refusalProblem } from '../../serving/refusals.ts'
import { requestGigRefund } from '../ordering/services/gig-refunds.ts'
import { orderState } from '../ordering/services/order-answer.ts'
import { route } from '../../serving/route.ts'

const params = Fields({ id: PaymentId })

/** A payment after it was requested, or after a refund was requested. */
const Payment = Type.Object({
  id: PaymentId,
  orderId: OrderId,
  status: PaymentStatus,
  amount: Money,
})

/** Status in answers by status of the state. */
const statusOf = {
  initiated: 'PENDING',
  authorising: 'PENDING',
  authorised: 'AUTHORIZED',
  capturing: 'AUTHORIZED',
  completed: 'COMPLETED',
  failed: 'FAILED',
  voided: 'VOIDED',
  refunding: 'REFUND_PENDING',
  refunded: 'REFUNDED',
} as const

const statusIn = ({ status }: StateOf<typeof payment>): PaymentStatus =>
  status === 'none' ? 'PENDING' : statusOf[status]

/** Refusals of an order that was cancelled or rejected. */
const refusalsOfEndedOrders: ReadonlySet<string> = new Set(['AlreadyCancelled', 'AlreadyRejected'])

/** Statuses of orders that can be paid. */
const payable = new Set(['PENDING', 'STOCK_RESERVED'])

/** Routes of payments. */
export const routes = [
  route({
    method: 'POST',
    url: '/payments',
    access: 'user',
    operationId: 'payOrder',
    summary: 'Pay an order that is not paid, or try again with another card',
    body: Fields({
      orderId: OrderId,
      method: Fields({ token: PaymentToken }),
      amount: Money,
    }),
    example: {
      orderId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
      method: { token: 'tok_ok' },
      amount: { amount: 3998, currency: 'EUR' },
    },
    data: Payment,
    status: 202,
    problems: [403, 404],
    handle: async ({ body: { orderId, method, amount }, caller, origin }, { executor }) => {
      const { userId, sellerId, status, total } = await orderState(executor, orderId)
      mustOwn(caller, userId)
      if (sellerId !== undefined)
        throw new Problem(
          409,
          'not_payable',
          'The money for a gig is held when it is ordered; place a new order.',
        )
      if (!payable.has(status))
        throw new Problem(409, 'not_payable', `This order is ${status}; there is nothing to pay.`)
      if (amount.amount !== total.amount || amount.currency !== total.currency)
        throw invalid(
          'amount',
          `must be what the order costs: ${moneyInWords(total)}, that is ${total.amount} in minor units`,
        )
      const id = paymentIdOf(orderId)
      const data = { orderId, userId, amount, token: method.token }
      const answer = await executor.execute(payment, id, { type: 'RequestPayment', data }, origin)
      if (isRefusal(answer)) throw refusalProblem(payment, answer)
      return {
        data: { id, orderId, status: statusIn(answer.state), amount },
        position: answer.position,
        revision: answer.revision,
        location: `/payments/${id}`,
      }
    },
  }),

  route({
    method: 'GET',
    url: '/payments',
    access: 'user',
    operationId: 'listPayments',
    summary: 'My payments; everybody’s, for an admin',
    query: ListQuery(['createdAt', 'updatedAt'], {
      status: Type.Optional(PaymentStatus),
      ...period,
    }),
    data: ListOf('payments', DocumentFrom(all)),
    handle: async ({ query, caller }, ports) => {
      const { status } = query
      const { documents, info, position } = await listed(ports, all, query, {
        userId: allows('admin', caller) ? undefined : caller.id,
        status,
        createdAt: during(query),
      })
      return { data: { payments: documents, ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/payments/order/:orderId',
    access: 'user',
    operationId: 'listPaymentsOfOrder',
    summary: 'The payments of an order',
    params: Fields({ orderId: OrderId }),
    query: Fresh,
    data: Type.Object({ payments: Type.Array(DocumentFrom(all)) }),
    problems: [404],
    handle: async ({ params: { orderId }, query, caller }, { executor, readModels }) => {
      const { documents, position } = await readModels.find(
        all,
        { where: { orderId }, sort: ['createdAt'], limit: 100 },
        minPositionOf(query),
      )
      const owner = documents[0]?.userId ?? (await orderState(executor, orderId)).userId
      mustOwn(caller, owner)
      return { data: { payments: [...documents] }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/payments/:id',
    access: 'user',
    operationId: 'getPayment',
    summary: 'One payment',
    params,
    query: Fresh,
    data: DocumentFrom(all),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { readModels }) => {
      const { document, position } = await readOne(readModels, all, id, minPositionOf(query))
      if (!document) throw notFound('payment')
      mustOwn(caller, document.userId)
      return { data: document, position, revision: document.revision }
    },
  }),

  route({
    method: 'POST',
    url: '/payments/:id/refund',
    access: 'admin',
    operationId: 'refundPayment',
    summary: 'Refund a payment, in full or in part',
    description:
      'The same as `POST /orders/{id}/refund`, by an amount instead of items: without `amount`, all of the remaining amount is refunded, and the order is not shipped any more.',
    params,
    body: Fields({
      amount: Type.Optional(Money),
      reason: Type.Optional(Reason),
      restock: Type.Optional(Type.Boolean()),
    }),
    example: { reason: 'arrived broken' },
    data: Payment,
    status: 202,
    problems: [404],
    guarded: true,
    handle: async ({ params: { id }, body, origin, expecting }, { executor }) => {
      if (body.amount?.amount === 0) throw invalid('amount.amount', 'must be at least 1')
      const before = await executor.stateOf(payment, id)
      const { state, revision } = before
      if (state.status === 'none') throw notFound('payment')
      if (
        state.status !== 'completed' &&
        state.status !== 'refunding' &&
        state.status !== 'refunded'
      )
        throw refusalProblem(payment, { refused: 'NotCompleted' })
      const { expectedRevision = revision } = expecting
      if (expectedRevision !== revision)
        throw new Conflict(streamOf(payment, id), expectedRevision, revision)
      const { orderId } = state
      const refundId = derivedId(RefundId, origin.commandId, 'refund')
      const data = { refundId, reason: 'refunded_by_admin', ...body }
      const requested = await executor.execute(
        order,
        orderId,
        { type: 'RequestRefund', data },
        origin,
      )
      if (!isRefusal(requested)) {
        const isBack = state.status === 'refunded' && requested.events.length === 0
        const status: PaymentStatus = isBack ? 'REFUNDED' : 'REFUND_PENDING'
        return { data: { id, orderId, status, amount: state.amount }, position: requested.position }
      }
      const ofGig =
        requested.refused === 'NoSuchOrder'
          ? await requestGigRefund(executor, orderId, data, origin)
          : undefined
      if (ofGig && !isRefusal(ofGig)) {
        const isBack = state.status === 'refunded' && ofGig.events.length === 0
        const status: PaymentStatus = isBack ? 'REFUNDED' : 'REFUND_PENDING'
        return { data: { id, orderId, status, amount: state.amount }, position: ofGig.position }
      }
      // The payment of a cancelled or rejected order is refunded automatically, unless the provider refused that.
      if (!refusalsOfEndedOrders.has((ofGig ?? requested).refused))
        throw ofGig ? refusalProblem(gigOrder, ofGig) : refusalProblem(order, requested)
      if (hasGoneBack(state))
        return { data: { id, orderId, status: statusIn(state), amount: state.amount } }
      const { reason, amount = leftToRefund(state) } = data
      const refund = { orderId, refundId, amount, reason }
      const command = { type: 'RefundPayment' as const, data: refund }
      const answer = await executor.execute(payment, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(payment, answer)
      return {
        data: { id, orderId, status: statusIn(answer.state), amount: state.amount },
        position: answer.position,
        revision: answer.revision,
      }
    },
  }),
]
