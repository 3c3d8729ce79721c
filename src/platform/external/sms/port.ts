import { phonePattern } from '#kernel'

/** A text message to one telephone. */
export type TextMessage = {
  /** Derives from the cause of the message, so that one that is sent twice can be recognised. */
  readonly id: string
  /** Number in the international form (E.164): `+4915112345678`. */
  readonly to: string
  readonly text: string
  /** Id of the user it is for; `forget` finds it by this, also once its number is known no longer. */
  readonly userId: string
}

/** Sends text messages. */
export type Sms = {
  /**
   * Hands a message to the gateway or the folder; resolves when that is done.
   * @throws Unavailable when it could not be handed over; retry
   * @throws SmsRefused when a retry would fail as well
   */
  readonly send: (message: TextMessage) => Promise<void>
  /**
   * Removes the stored messages for a user, to whatever number they went; of adapters that store none, does nothing.
   * @returns the number of removed messages
   */
  readonly forget: (userId: string) => Promise<number>
}

/** A message that cannot be delivered, however often it is retried: its number is impossible, or the gateway rejects it for good. */
export class SmsRefused extends Error {
  override name = 'SmsRefused'
}

/** Most characters of a text message; a gateway splits it into parts. */
export const mostText = 1_600

const phoneShape = new RegExp(phonePattern)

/** Whether a text is a telephone number in the international form (E.164). */
export const isPhoneNumber = (text: string): boolean => phoneShape.test(text)
