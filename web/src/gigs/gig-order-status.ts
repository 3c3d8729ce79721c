/** All statuses of orders of gigs, in their usual order. */
export const gigOrderStatuses = [
  'PENDING',
  'IN_PROGRESS',
  'DELIVERED',
  'IN_REVISION',
  'COMPLETED',
  'CANCELLED',
  'PARTLY_REFUNDED',
  'REFUNDED',
] as const

/** A status of an order of a gig. */
export type GigOrderStatus = (typeof gigOrderStatuses)[number]

/** Returns a status if orders of gigs have it. */
export const gigOrderStatus = (status: unknown): GigOrderStatus | undefined =>
  gigOrderStatuses.find((one) => one === status)
