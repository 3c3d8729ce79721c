import { expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { ProductId } from '../domains/shared/index.ts'
import { declinedNews, refundedNews } from './refund-wording.ts'
import { cancelledNews, confirmedNews, rejectedNews, summaryOf } from './wording.ts'

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const line = (name: string, quantity: number) => ({
  kind: 'product' as const,
  refId: derivedId(ProductId, name),
  name,
  quantity,
  price: euros(1),
})
const [lamp, chair, table, bed] = [
  line('Lamp', 2),
  line('Chair', 4),
  line('Table', 1),
  line('Bed', 1),
]

test('the summary of an order names its first lines', () => {
  const summary = (...items: (typeof lamp)[]) => summaryOf(items, euros(3998))
  expect(summary(lamp)).toBe('2 × Lamp, 39.98 EUR')
  expect(summary(lamp, chair)).toBe('2 × Lamp, 4 × Chair, 39.98 EUR')
  expect(summary(lamp, chair, table)).toBe('2 × Lamp, 4 × Chair, 1 × Table, 39.98 EUR')
  expect(summary(lamp, chair, table, bed, bed)).toBe(
    '2 × Lamp, 4 × Chair, 1 × Table, + 2, 39.98 EUR',
  )
})

test('the letter of a refund names the whole order or a part, that of a declined return its reason', () => {
  expect(refundedNews(euros(1), 'REFUNDED').subject).toBe('Your order is refunded')
  expect(refundedNews(euros(1), 'PARTLY_REFUNDED').subject).toBe('A part of your order is refunded')
  expect(declinedNews('used').text).toBe('We cannot take these goods back: used')
  expect(declinedNews(undefined).text).toBe('We cannot take these goods back.')
})

test('money is formatted with the digits of its currency', () => {
  expect(summaryOf([lamp], { amount: 1_999, currency: 'JPY' })).toBe('2 × Lamp, 1999 JPY')
  expect(summaryOf([lamp], { amount: 1_999, currency: 'KWD' })).toBe('2 × Lamp, 1.999 KWD')
})

test('line breaks in names of older products are replaced', () =>
  expect(summaryOf([line('Gift\r\n\r\nPlease pay again at \u202egro.live', 1)], euros(5))).toBe(
    '1 × Gift Please pay again at gro.live, 0.05 EUR',
  ))

test('notifications are sentences', () => {
  expect(confirmedNews('2 × Lamp, 39.98 EUR').text).toBe(
    'Your order of 2 × Lamp, 39.98 EUR, is confirmed.',
  )
  expect(rejectedNews('2 × Lamp', 'out_of_stock').text).toContain('sold out')
  expect(rejectedNews('2 × Lamp', 'payment_declined').text).toContain('declined')
  expect(rejectedNews('2 × Lamp', 'closed for the summer').text).toMatch(/closed for the summer\.$/)
  expect(cancelledNews('2 × Lamp', 'payment_timeout').text).toContain('not paid in time')
  expect(cancelledNews('2 × Lamp', 'Changed my mind').text).toContain('called off.')
})
