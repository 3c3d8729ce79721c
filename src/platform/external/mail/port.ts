/** A mail to one person. */
export type Mail = {
  /** Derives from the cause of the mail; part of its Message-ID, so that a mail that is sent twice can be recognised. */
  readonly id: string
  /** A single address. */
  readonly to: string
  readonly subject: string
  /** URL that takes the recipient off the list by one POST (RFC 8058). */
  readonly unsubscribe?: string
  readonly text: string
}

/** Sends mail. */
export type Mailer = {
  /**
   * Hands a mail over to the server or the folder; resolves when that is done.
   * @throws Unavailable when the mail could not be handed over; retry
   * @throws MailRefused when a retry would fail as well
   */
  readonly send: (mail: Mail) => Promise<void>
  /**
   * Removes the stored mails to these addresses; only of mailers that store mails.
   * @returns the number of removed mails
   */
  readonly forget?: (addresses: readonly string[]) => Promise<number>
  readonly close: () => Promise<void>
}

/** A mail that cannot be delivered, however often it is retried: its address is invalid, or the server rejects it for good. */
export class MailRefused extends Error {
  override name = 'MailRefused'
}
