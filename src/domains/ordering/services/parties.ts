import { mustOwn, type Caller } from '../../../serving/caller.ts'

/** Admits the buyer of an order, the seller of a gig, and admins. @throws Problem 403 */
export const mustBeParty = (
  caller: Pick<Caller, 'id' | 'roles'>,
  { userId, sellerId }: { readonly userId: string; readonly sellerId?: string | undefined },
): void => {
  if (caller.id !== sellerId) mustOwn(caller, userId)
}
