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

/** What the number of a card looks like: 13 to 19 digits, the first of which tells of a card's network (ISO/IEC 7812-1). */
const cardLike = /^[2-6][0-9]{12,18}$/

/**
 * Whether a text has the number of a card in it, in whichever groups its digits are written. Letters end a number, so
 * that what a provider makes up is not taken for one.
 */
const isCardNumber = (text: string): boolean =>
  text.split(/\p{L}/u).some((part) => {
    const groups = part.match(/[0-9]+/g) ?? []
    return groups.some((_, first) =>
      groups.slice(first).some((__, more) => {
        const digits = groups.slice(first, first + more + 1).join('')
        return cardLike.test(digits) && agrees(digits)
      }),
    )
  })

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
