import { accessDenied } from './call-refused.ts'
import type { Caller } from './callers.ts'

/** How long the access of a caller is taken as unchanged, in ms. */
const accessMs = 60_000

/** Options of `checkedAccess`. */
export type CheckedAccessOptions = {
  /** The caller, as authenticated at the start of the call. */
  readonly caller: Caller
  /** Authenticates the caller again, where its account may have changed. @throws CallRefused when that fails */
  readonly authenticate: () => Promise<Caller>
  /** Monotonic, in ms. */
  readonly now: () => number
}

/**
 * Checks the access of a caller whose call may last for days: an account that was suspended, or has lost a role, must not
 * go on by a call that began before.
 * @returns a check to await before each answer or append; rejects with `CallRefused` when the caller has lost its access.
 *   Looks at the account once a minute at the most, and only if called
 */
export const checkedAccess = ({
  caller,
  authenticate,
  now,
}: CheckedAccessOptions): (() => Promise<void>) => {
  let checkedAt = now()
  let last = caller
  return async () => {
    if (now() - checkedAt < accessMs) return
    // The password of an unchanged account is not verified again: attempts of others may delay that, and must not end this call.
    if (!(await last.isUnchanged?.())) last = await authenticate()
    const { seesAll, mayAppend } = last
    if (caller.seesAll && !seesAll)
      throw accessDenied('Your account no longer reads unmasked events; connect again')
    if (caller.mayAppend && !mayAppend)
      throw accessDenied('Your account no longer appends; connect again')
    checkedAt = now()
  }
}
