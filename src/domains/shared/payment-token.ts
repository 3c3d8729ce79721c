import { Type } from 'typebox'
import { secret } from '#kernel'
import { Code } from './texts.ts'

/** Whether the digits of a number agree with its last one (ISO/IEC 7812-1, annex B; by H. P. Luhn). */
const agrees = (digits: string): boolean => {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return sum % 10 === 0
}

/** Whether a text is the number of a card, as people write them: 13 to 19 digits, spaces and dashes among them. */
export const isCardNumber = (text: string): boolean => {
  const digits = text.replaceAll(/[\s-]/g, '')
  return /^[0-9]{13,19}$/.test(digits) && agrees(digits)
}

/** Stands for a buyer's card; from the payment provider. A card's number is refused, that it is never recorded. */
export const PaymentToken = secret(
  Type.Refine(
    Code(500),
    (text) => !isCardNumber(String(text)),
    () => 'must be a token from the payment provider, never the number of a card',
  ),
)

/** A token as it was recorded. */
export const RecordedToken = secret(Type.String({ minLength: 1, maxLength: 500 }))
