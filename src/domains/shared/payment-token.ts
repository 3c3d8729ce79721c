import { Type } from 'typebox'
import { secret } from '#kernel'
import { Code } from './texts.ts'

/** Returns whether the check digit of a number is correct (ISO/IEC 7812-1, annex B; by H. P. Luhn). */
const hasValidCheckDigit = (digits: string): boolean => {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return sum % 10 === 0
}

/** Form of a card number: 13 to 19 digits, the first of which is that of a card network (ISO/IEC 7812-1). */
const cardLike = /^[2-6][0-9]{12,18}$/

/**
 * Returns whether a text contains a card number, with its digits in any groups. Letters end a number, so that tokens of
 * providers do not match.
 */
const isCardNumber = (text: string): boolean =>
  text.split(/\p{L}/u).some((part) => {
    const groups = part.match(/[0-9]+/g) ?? []
    return groups.some((_, first) =>
      groups.slice(first).some((__, more) => {
        const digits = groups.slice(first, first + more + 1).join('')
        return cardLike.test(digits) && hasValidCheckDigit(digits)
      }),
    )
  })

/** The payment provider's token of a buyer's card. Card numbers are rejected, so that none is recorded. */
export const PaymentToken = secret(
  Type.Refine(
    Code(500),
    (text) => !isCardNumber(String(text)),
    () => 'must be a token from the payment provider, never the number of a card',
  ),
)

/** A token in recorded events. */
export const RecordedToken = secret(Type.String({ minLength: 1, maxLength: 500 }))
