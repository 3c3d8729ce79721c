import { idIn, known, type Given } from '../ui/search-values.ts'

/** What `/chat` is asked for, as its address says: `with` starts a conversation, perhaps about a gig or an order. */
export type ChatSearch = { readonly with?: string; readonly gig?: string; readonly order?: string }

/** Reads what an address asks for; what is no id is left out, and a subject without a person. */
export const chatSearch = (given: Given): ChatSearch => {
  const person = idIn(given['with'])
  if (person === undefined) return {}
  return known({ with: person, gig: idIn(given['gig']), order: idIn(given['order']) })
}
