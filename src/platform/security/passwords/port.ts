/** Hashes and verifies passwords. */
export type Passwords = {
  /**
   * Hashes a password for storage.
   * @returns a PHC string
   * @throws Unavailable when too many wait already
   */
  readonly hash: (password: string) => Promise<string>
  /**
   * Whether a password matches a hash. Without a hash (no account has the address) it takes as long and returns false, so that
   * answers do not reveal which addresses have accounts.
   * @throws Unavailable when too many wait already
   */
  readonly verify: (password: string, hash: string | undefined) => Promise<boolean>
}
