/** The token of a link in a mail, as the page's address has it. */
export type LinkToken = { readonly token?: string }

/** Reads the token of a link. */
export const linkToken = ({ token }: Readonly<Record<string, unknown>>): LinkToken =>
  typeof token === 'string' ? { token } : {}
