/** Where a sign-in leads, as its address says: an address of this site. */
export type NextAddress = { readonly next?: string }

/** Reads where a sign-in leads; an address of another site is left out. */
export const nextAddress = ({ next }: Readonly<Record<string, unknown>>): NextAddress =>
  typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {}

/** Where a sign-in leads, and whether the browser has just returned from an identity provider. */
export type SignInAddress = NextAddress & { readonly returned?: true }

/** Reads the address of the sign-in page. */
export const signInAddress = (search: Readonly<Record<string, unknown>>): SignInAddress => ({
  ...nextAddress(search),
  ...(search['returned'] === true && { returned: true }),
})
