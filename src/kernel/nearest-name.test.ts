import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const known = ['OrderPlaced', 'OrderPaid', 'PaymentFailed', 'PORT']

test.each([
  ['OrderPlacd', 'OrderPlaced'],
  ['OrderPalced', 'OrderPlaced'],
  ['orderplaced', 'OrderPlaced'],
  ['OrderPaids', 'OrderPaid'],
  ['OrderPiad', 'OrderPaid'],
  ['PaymetFaild', 'PaymentFailed'],
  ['Nope', undefined],
  ['OrderPa', undefined],
  ['PORTS', undefined],
  ['', undefined],
])('%s is a typing error for %s', (name, meant) => {
  expect(nearestName(name, known)).toBe(meant)
})
