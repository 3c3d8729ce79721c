import type { EventOf, Rules } from '#kernel'
import {
  forgottenWords,
  gigItemOf,
  type AnyOrderStatus,
  type gigOrder,
} from '../domains/ordering/language.ts'
import {
  acceptedWork,
  cancelledWork,
  deliveredWork,
  itemsWithout,
  placedWork,
  proposedWork,
  revisedWork,
  workWithout,
  type GigWork,
} from './gig-work.ts'
import { withOne, type Order } from './order-document.ts'

/** How the events of an order of a gig change its document. */
export const gigOrderRules = {
  GigOrderPlaced: (_, event) => {
    const { id, at, revision, data } = event
    const { userId, sellerId, price } = data
    const words = { title: forgottenWords, package: forgottenWords }
    return {
      id,
      userId,
      sellerId,
      status: 'PENDING',
      items: [gigItemOf({ ...data, ...words })],
      total: price,
      work: placedWork(event),
      createdAt: at,
      revision,
      updatedAt: at,
    }
  },
  GigOrderTermsRecorded: (document, { revision, data: { title: name, package: ordered } }) =>
    document && {
      ...document,
      items: document.items.map((item) => ({ ...item, name, package: ordered })),
      revision,
    },
  GigOrderStarted: (document, { at, revision, data: { dueAt } }) =>
    document && {
      ...document,
      status: 'IN_PROGRESS',
      ...(document.work && { work: { ...document.work, dueAt } }),
      revision,
      updatedAt: at,
    },
  GigOrderDelivered: (document, event) =>
    worked(document, event, 'DELIVERED', (work) => deliveredWork(work, event)),
  GigOrderRevisionRequested: (document, event) =>
    worked(document, event, 'IN_REVISION', (work) => revisedWork(work, event)),
  GigOrderOverdue: (document, event) =>
    worked(document, event, document?.status, (work) => ({ ...work, overdue: true })),
  GigOrderAccepted: (document, event) =>
    worked(document, event, document?.status, (work) => acceptedWork(work, event)),
  GigOrderCompleted: (document, event) => worked(document, event, 'COMPLETED', (work) => work),
  GigOrderCancellationProposed: (document, event) =>
    worked(document, event, document?.status, (work) => proposedWork(work, event)),
  GigOrderCancelled: (document, event) =>
    document && {
      ...document,
      ...worked(document, event, 'CANCELLED', (work) => cancelledWork(work, event)),
      reason: event.data.reason,
    },
  GigOrderPartyLeft: (document, { revision, data: { side } }) => {
    if (!document) return undefined
    const { userId, sellerId = userId, work, items } = document
    const personId = side === 'buyer' ? userId : sellerId
    return {
      ...document,
      ...(side === 'seller' && { items: itemsWithout(items) }),
      ...(work && { work: workWithout(work, side, personId) }),
      revision,
    }
  },
  GigOrderRefundRequested: (document, { at, revision, data: { refundId: id, amount, reason } }) => {
    const asked = { id, status: 'PENDING' as const, lines: [], amount, reason, restocked: 0, at }
    return (
      document && {
        ...document,
        refunds: withOne(document.refunds, asked),
        revision,
        updatedAt: at,
      }
    )
  },
  GigOrderRefunded: (document, { at, revision, data: { refundId, refunded, status } }) =>
    document && {
      ...document,
      status,
      refunded,
      refunds: (document.refunds ?? []).map((one) =>
        one.id === refundId ? { ...one, status: 'DONE' as const, at } : one,
      ),
      revision,
      updatedAt: at,
    },
  GigOrderRefundFailed: (document, { at, revision, data: { refundId, reason } }) =>
    document && {
      ...document,
      refunds: (document.refunds ?? []).map((one) =>
        one.id === refundId ? { ...one, status: 'FAILED' as const, reason, at } : one,
      ),
      revision,
      updatedAt: at,
    },
} satisfies Rules<Order, EventOf<typeof gigOrder>>

/** Returns an order of a gig after a step of its work. */
const worked = <
  Document extends { readonly status: AnyOrderStatus; readonly work?: GigWork },
  Status extends AnyOrderStatus,
>(
  document: Document | undefined,
  { at, revision }: { readonly at: string; readonly revision: number },
  status: Status | undefined,
  change: (work: GigWork) => GigWork,
) =>
  document && {
    ...document,
    status: status ?? document.status,
    ...(document.work && { work: change(document.work) }),
    revision,
    updatedAt: at,
  }
