import { isPhoneNumber, mostText, SmsRefused, type TextMessage } from './port.ts'

/**
 * Checks a text message before it is handed over.
 * @returns the message, its text of at most `mostText` characters
 * @throws SmsRefused when the number is impossible; without the number, as it is personal
 */
export const checkedMessage = (message: TextMessage): TextMessage => {
  if (!isPhoneNumber(message.to)) throw new SmsRefused('This is not a telephone number')
  const text = message.text.toWellFormed()
  return { ...message, text: text.length > mostText ? `${text.slice(0, mostText - 1)}…` : text }
}
