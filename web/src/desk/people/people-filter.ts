import { known, oneOf, textIn, type Given } from '../../ui/search-values.ts'

/** Roles of users. */
export const roles = ['buyer', 'seller', 'analyst', 'admin'] as const

/** Statuses of accounts. */
export const accountStatuses = ['ACTIVE', 'SUSPENDED', 'CLOSED'] as const

/** Which people are shown, as the address says. */
export type PeopleFilter = {
  readonly q?: string
  readonly role?: (typeof roles)[number]
  readonly status?: (typeof accountStatuses)[number]
}

/** Reads a filter of people from an address; anything else is left out. */
export const peopleFilter = (given: Given): PeopleFilter =>
  known({
    q: textIn(given['q']),
    role: oneOf(roles, given['role']),
    status: oneOf(accountStatuses, given['status']),
  })
