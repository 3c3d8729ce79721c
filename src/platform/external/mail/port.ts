export type Mail = {
  /** Follows from what the mail is about; part of its Message-ID, so that a mail sent twice can be told. */
  readonly id: string
  /** One address. */
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Sends mail. */
export type Mailer = {
  /**
   * Resolves when the mail has been handed over.
   * @throws Unavailable when it could not be; try again
   * @throws MailRefused when it never will be
   */
  readonly send: (mail: Mail) => Promise<void>
  /**
   * Removes mails to these addresses, where mails are kept in the house.
   * @returns how many there were
   */
  readonly forget?: (addresses: readonly string[]) => Promise<number>
  readonly close: () => Promise<void>
}

/** A mail that nobody will deliver, however often it is tried: the address is none, or its server does not want it. */
export class MailRefused extends Error {
  override name = 'MailRefused'
}
