/** What a page with a list shows in detail, as its address says. */
export type Selected = { readonly id?: string }

/** Reads from an address which entry of a list is shown in detail. */
export const selected = ({ id }: Readonly<Record<string, unknown>>): Selected =>
  typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}
