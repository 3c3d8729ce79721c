import { gigOrderStatus, type GigOrderStatus } from '../gigs/gig-order-status.ts'

/** Which orders of the seller's gigs are shown, as the address says. */
export type SoldFilter = { readonly status?: GigOrderStatus }

/** Reads a filter from an address; what it does not know is left out. */
export const soldFilter = (given: Readonly<Record<string, unknown>>): SoldFilter => {
  const status = gigOrderStatus(given['status'])
  return status === undefined ? {} : { status }
}
