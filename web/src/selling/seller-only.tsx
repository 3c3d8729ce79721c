import type { ReactNode } from 'react'
import { SignedIn } from '../app/access.tsx'
import type { User } from '../app/session.tsx'
import { BecomeSeller } from './become-seller.tsx'

/** Shows a page to sellers; other users can become one there. */
export const SellerOnly = ({ children }: { readonly children: (user: User) => ReactNode }) => (
  <SignedIn>
    {(user) => (user.roles.includes('seller') ? children(user) : <BecomeSeller />)}
  </SignedIn>
)
