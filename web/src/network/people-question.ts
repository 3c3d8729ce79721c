/** What the page of people searches for, as its address says. */
export type PeopleQuestion = { readonly q?: string }

/** Reads a question from an address. */
export const peopleQuestion = ({ q }: Readonly<Record<string, unknown>>): PeopleQuestion => {
  const text = typeof q === 'string' || typeof q === 'number' ? String(q).trim() : ''
  return text === '' ? {} : { q: text.slice(0, 100) }
}
