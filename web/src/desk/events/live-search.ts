import { eventFilter } from './event-filter.ts'

/** Which new events are followed, as the address says. */
export type LiveSearch = {
  /** One category. */
  readonly category?: string
  /** Names of event types, separated by commas. */
  readonly types?: string
}

/** Reads which events are followed from an address; what it does not know is left out. */
export const liveSearch = (given: Readonly<Record<string, unknown>>): LiveSearch => {
  const { category, type: types } = eventFilter({
    category: given['category'],
    type: given['types'],
  })
  return {
    ...(category !== undefined && !category.includes(',') && { category }),
    ...(types !== undefined && { types }),
  }
}
