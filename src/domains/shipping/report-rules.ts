import { refuse } from '#kernel'
import type { ReportedStatus } from './shipment-messages.ts'
import type { Sent } from './shipment-state.ts'

/** Number of failed attempts after which a parcel goes back. */
const maxAttempts = 2

type Report = {
  readonly status: ReportedStatus
  readonly happenedAt?: string
  readonly tracking?: string
  readonly note?: string
}

/** Returns the earlier of two times; ISO 8601, in any precision. */
const earlier = (one: string, other: string): string =>
  Date.parse(one) < Date.parse(other) ? one : other

const isAfter = (one: string, other: string | undefined): boolean =>
  other === undefined || Date.parse(one) > Date.parse(other)

/** Decides a report about a parcel. @param now time of the decision */
export const decideReport = (
  sent: Sent,
  { status, happenedAt: reportedAt, tracking, note }: Report,
  now: string,
) => {
  const { orderId, userId, left } = sent
  const whose = { orderId, userId }
  const happenedAt = reportedAt === undefined ? now : earlier(reportedAt, now)
  const silent = left ? { buyerLeft: true as const } : {}
  const data = { ...whose, happenedAt, ...(note !== undefined && !left && { note }), ...silent }
  const isNew = tracking !== undefined && tracking !== sent.tracking && !left
  const tracked = isNew ? [{ type: 'ShipmentTracked', data: { ...whose, tracking } } as const] : []
  // What happens later implies that it was dispatched, though the report of that may still be on its way.
  const { note: _, ...withoutNote } = data
  const dispatched =
    sent.status === 'CREATED' && status !== 'DISPATCHED'
      ? [{ type: 'ShipmentDispatched', data: withoutNote } as const]
      : []

  switch (status) {
    // Its order may have reported it before, without the carrier's words.
    case 'DISPATCHED':
      return sent.status === 'CREATED' || (sent.status === 'DISPATCHED' && 'note' in data)
        ? [...tracked, { type: 'ShipmentDispatched', data } as const]
        : tracked

    case 'IN_TRANSIT': {
      const isOver = sent.status === 'DELIVERED' || sent.status === 'RETURNED'
      const isSameAgain = sent.status === 'IN_TRANSIT' && reportedAt === undefined
      const isFirst = sent.status === 'CREATED' || sent.status === 'DISPATCHED'
      return isOver || isSameAgain || (!isFirst && !isAfter(happenedAt, sent.at))
        ? tracked
        : [...tracked, ...dispatched, { type: 'ShipmentInTransit', data } as const]
    }

    case 'DELIVERED':
      if (sent.status === 'RETURNED') return refuse('AlreadyReturned')
      return sent.status === 'DELIVERED'
        ? tracked
        : [...tracked, ...dispatched, { type: 'ShipmentDelivered', data } as const]

    case 'FAILED': {
      if (sent.status === 'DELIVERED') return refuse('AlreadyDelivered')
      const isKnown = sent.failures.some((at) => Date.parse(at) === Date.parse(happenedAt))
      if (sent.status === 'RETURNED' || (reportedAt !== undefined && isKnown)) return tracked
      const attempt = sent.failures.length + 1
      const isLate = sent.status === 'IN_TRANSIT' && !isAfter(happenedAt, sent.at)
      const failed = { ...data, attempt, ...(isLate && { late: true as const }) }
      return [
        ...tracked,
        ...dispatched,
        { type: 'ShipmentFailed', data: failed } as const,
        ...(attempt >= maxAttempts
          ? [{ type: 'ShipmentReturned', data: { ...whose, happenedAt, ...silent } } as const]
          : []),
      ]
    }
  }
}
