import { useTexts } from '../i18n/language.tsx'
import type { Gig } from './gig-queries.ts'
import { gigTexts } from './texts.ts'

/** Returns the name that a seller is shown by: of the shop, else of the person; both are hidden in a private profile. */
export const useSellerName = (): ((seller: Omit<Gig['seller'], 'id'>) => string) => {
  const t = useTexts(gigTexts)
  return ({ displayName, name, username }) => displayName ?? name ?? username ?? t.unnamed
}
