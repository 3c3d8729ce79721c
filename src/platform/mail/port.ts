export type Mail = {
  /** Follows from what the mail is about; part of its Message-ID, so that a mail sent twice can be told. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Sends mail. */
export type Mailer = {
  /** Resolves when the mail has been handed over. @throws Unavailable when it could not be */
  readonly send: (mail: Mail) => Promise<void>
  readonly close: () => Promise<void>
}
