/** What is moderated. */
export const moderated = ['posts', 'reviews'] as const

/** What is looked for, as the address says: words of posts, or the reviews of a product or gig. */
export type ModerationFilter = {
  readonly what?: (typeof moderated)[number]
  readonly q?: string
}

/** Reads what is moderated from an address; anything else is left out. */
export const moderationFilter = (given: Readonly<Record<string, unknown>>): ModerationFilter => {
  const what = moderated.find((one) => one === given['what'])
  const q = typeof given['q'] === 'string' ? given['q'].trim() : ''
  return { ...(what !== undefined && { what }), ...(q !== '' && { q }) }
}
