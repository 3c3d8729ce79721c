/** Keeps passwords so that nobody can read them, and knows them again. */
export type Passwords = {
  /**
   * What may be recorded of a password: a PHC string.
   * @throws Unavailable when too many wait already
   */
  readonly hash: (password: string) => Promise<string>
  /**
   * Whether it is the password that was hashed. Without a hash (nobody has that address) it takes as long and says no,
   * so that answers do not tell who has an account.
   * @throws Unavailable when too many wait already
   */
  readonly verify: (password: string, hash: string | undefined) => Promise<boolean>
}
