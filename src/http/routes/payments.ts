import { Type } from 'typebox'
import { Fields, isRefusal, moneyInWords, type StateOf } from '#kernel'
import { payment, paymentIdOf } from '../../domains/payments/index.ts'
import { Money, OrderId, PaymentId, PaymentToken, Reason } from '../../domains/shared/index.ts'
import { payments as all, PaymentStatus } from '../../projections/index.ts'
import { allows, mustOwn } from '../callers/auth.ts'
import { between, Fresh, listed, ListOf, ListQuery, minPositionOf, Moment } from '../lists.ts'
import { invalid, notFound, Problem } from '../problem.ts'
import { DocumentFrom } from '../reading.ts'
import { readOne } from '../../platform/runtime/reading.ts'
import { refusalProblem } from '../refusals.ts'
import type { Serve } from '../route.ts'
import type { RouteContext } from './context.ts'
import { orderState } from './order-state.ts'

const params = Fields({ id: PaymentId })

/** A payment that was asked for, or is to be given back. */
const Payment = Type.Object({
  id: PaymentId,
  orderId: OrderId,
  status: PaymentStatus,
  amount: Money,
})

/** What each state of the rules is called where people read it. */
const statusOf = {
  initiated: 'PENDING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  voided: 'VOIDED',
  refunding: 'REFUND_PENDING',
  refunded: 'REFUNDED',
} as const

const statusIn = ({ status }: StateOf<typeof payment>) =>
  status === 'none' ? 'PENDING' : statusOf[status]

/** Orders that still wait for their money. */
const payable = new Set(['PENDING', 'STOCK_RESERVED'])

/** Money taken and given back. */
export const payments = (serve: Serve, { executor, readModels }: RouteContext): void => {
  serve(
    {
      method: 'POST',
      url: '/payments',
      access: 'user',
      operationId: 'payOrder',
      summary: 'Pay an order that is not paid, or try again with another card',
      tag: 'payments',
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
    },
    async ({ body: { orderId, method, amount }, caller, origin }) => {
      const { userId, status, total } = await orderState(executor, orderId)
      mustOwn(caller, userId)
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
  )

  serve(
    {
      method: 'GET',
      url: '/payments',
      access: 'user',
      operationId: 'listPayments',
      summary: 'My payments; everybody’s, for an admin',
      tag: 'payments',
      query: ListQuery(['createdAt', 'updatedAt'], {
        status: Type.Optional(PaymentStatus),
        from: Type.Optional(Moment),
        to: Type.Optional(Moment),
      }),
      data: ListOf('payments', DocumentFrom(all)),
    },
    async ({ query, caller }) => {
      const { status, from, to } = query
      const { documents, info, position } = await listed(readModels, all, query, {
        userId: allows('admin', caller) ? undefined : caller.id,
        status,
        createdAt: between(from, to),
      })
      return { data: { payments: documents, ...info }, position }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/payments/order/:orderId',
      access: 'user',
      operationId: 'listPaymentsOfOrder',
      summary: 'The payments of an order',
      tag: 'payments',
      params: Fields({ orderId: OrderId }),
      query: Fresh,
      data: Type.Object({ payments: Type.Array(DocumentFrom(all)) }),
      problems: [404],
    },
    async ({ params: { orderId }, query, caller }) => {
      const { documents, position } = await readModels.find(
        all,
        { where: { orderId }, sort: ['createdAt'], limit: 100 },
        minPositionOf(query),
      )
      const owner = documents[0]?.userId ?? (await orderState(executor, orderId)).userId
      mustOwn(caller, owner)
      return { data: { payments: [...documents] }, position }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/payments/:id',
      access: 'user',
      operationId: 'getPayment',
      summary: 'One payment',
      tag: 'payments',
      params,
      query: Fresh,
      data: DocumentFrom(all),
      problems: [404],
    },
    async ({ params: { id }, query, caller }) => {
      const { document, position } = await readOne(readModels, all, id, minPositionOf(query))
      if (!document) throw notFound('payment')
      mustOwn(caller, document.userId)
      return { data: document, position, revision: document.revision }
    },
  )

  serve(
    {
      method: 'POST',
      url: '/payments/:id/refund',
      access: 'admin',
      operationId: 'refundPayment',
      summary: 'Give the money back',
      tag: 'payments',
      params,
      body: Fields({ reason: Type.Optional(Reason) }),
      example: { reason: 'arrived broken' },
      data: Payment,
      status: 202,
      problems: [404],
      guarded: true,
    },
    async ({ params: { id }, body: { reason }, origin, expecting }) => {
      const data = { reason: reason ?? 'refunded_by_admin' }
      const command = { type: 'RefundPayment' as const, data }
      const { state: before } = await executor.stateOf(payment, id)
      if (before.status === 'none' || before.status === 'voided') {
        if (before.status === 'none') throw notFound('payment')
        throw refusalProblem(payment, { refused: 'NotCompleted' })
      }
      const answer = await executor.execute(payment, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(payment, answer)
      const { state, position, revision } = answer
      const { orderId, amount } = before
      return { data: { id, orderId, status: statusIn(state), amount }, position, revision }
    },
  )
}
