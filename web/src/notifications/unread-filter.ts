/** Which notifications a page shows, as its address says. */
export type UnreadFilter = { readonly unread?: true }

/** Reads a filter from an address. */
export const unreadFilter = ({ unread }: Readonly<Record<string, unknown>>): UnreadFilter =>
  unread === true ? { unread: true } : {}
