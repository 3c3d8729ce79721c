/** The replay that is played, as the address says. */
export type ReplaySearch = { readonly id?: string }

/** Reads which replay is played from an address. */
export const replaySearch = ({ id }: Readonly<Record<string, unknown>>): ReplaySearch =>
  typeof id === 'string' && /^[0-9a-f-]{36}$/i.test(id) ? { id } : {}
