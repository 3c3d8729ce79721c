import { describe, expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf } from '#kernel'
import { given } from '#kernel/testing'
import fc from 'fast-check'
import { OrderId, RefundId, ReturnId } from '../shared/index.ts'
import { stock } from './stock.ts'

const mine = derivedId(OrderId, 'mine')
const yours = derivedId(OrderId, 'yours')
const reason = 'delivery'
const stocked = (quantity: number) => ({ type: 'StockInitialized' as const, data: { quantity } })
const reserve = (quantity: number, orderId = mine) => ({
  type: 'ReserveStock' as const,
  data: { orderId, quantity },
})
const reserved = (quantity: number, orderId = mine) => ({
  type: 'StockReserved' as const,
  data: { orderId, quantity },
})
const released = (quantity: number, orderId = mine) => ({
  type: 'StockReservationReleased' as const,
  data: { orderId, quantity },
})
const committed = (quantity: number, orderId = mine) => ({
  type: 'StockCommitted' as const,
  data: { orderId, quantity },
})
const set = (quantity: number) => ({ type: 'SetStock' as const, data: { quantity, reason } })
const adjust = (delta: number) => ({ type: 'AdjustStock' as const, data: { delta, reason } })
const release = { type: 'ReleaseStock' as const, data: { orderId: mine } }
const commit = { type: 'CommitStock' as const, data: { orderId: mine } }
const depleted = { type: 'StockDepleted' as const, data: {} }

const most = 1_000_000_000

describe('the greatest number of pieces', () => {
  test('can be set, and not one more', () => {
    given(stock)
      .when(set(most))
      .yields({
        type: 'StockInitialized',
        data: { quantity: most, reason },
      })
    given(stock, stocked(most)).when(adjust(1)).refuses('TooMany')
  })

  test('can be reached by a return, and not one more', () => {
    const giveBack = (quantity: number) => ({
      type: 'ReturnStock' as const,
      data: { orderId: mine, cause: derivedId(RefundId, 'one'), quantity },
    })
    const { data } = giveBack(1)
    given(stock, stocked(most - 1))
      .when(giveBack(1))
      .yields({ type: 'StockReturned', data })
    given(stock, stocked(most)).when(giveBack(1)).refuses('TooMany')
  })
})

describe('stock', () => {
  test('is initialized once, without pieces', () => {
    given(stock).when({ type: 'InitializeStock', data: {} }).yields(stocked(0))
    given(stock, stocked(5)).when({ type: 'InitializeStock', data: {} }).yields()
  })

  test('is adjusted, and its event has the difference', () => {
    given(stock, stocked(5))
      .when(set(8))
      .yields({ type: 'StockAdjusted', data: { quantity: 8, delta: 3, reason } })
    given(stock, stocked(5))
      .when(adjust(-2))
      .yields({ type: 'StockAdjusted', data: { quantity: 3, delta: -2, reason } })
  })

  test('may be set before it was initialized', () => {
    const begun = { type: 'StockInitialized' as const, data: { quantity: 8, reason } }
    given(stock).when(set(8)).yields(begun)
    given(stock).when(adjust(8)).yields(begun)
    given(stock, begun).when({ type: 'InitializeStock', data: {} }).yields()
  })

  test('records no event when the number is the same', () => {
    given(stock, stocked(5)).when(set(5)).yields()
    given(stock, stocked(5)).when(adjust(0)).yields()
  })

  test('cannot fall below the reserved pieces, nor below zero', () => {
    given(stock, stocked(5), reserved(3)).when(set(2)).refuses('BelowReserved')
    given(stock, stocked(5), reserved(3)).when(adjust(-3)).refuses('BelowReserved')
    given(stock, stocked(5), reserved(3))
      .when(set(3))
      .yields({ type: 'StockAdjusted', data: { quantity: 3, delta: -2, reason } })
    given(stock).when(adjust(-1)).refuses('BelowReserved')
  })

  test('cannot grow beyond the greatest number', () =>
    given(stock, stocked(1_000_000_000)).when(adjust(1)).refuses('TooMany'))

  test('is reserved once for an order', () => {
    given(stock, stocked(5)).when(reserve(3)).yields(reserved(3))
    given(stock, stocked(5), reserved(3)).when(reserve(3)).yields()
  })

  test('records when the last piece is reserved', () => {
    given(stock, stocked(5)).when(reserve(5)).yields(reserved(5), depleted)
    given(stock, stocked(5), reserved(3))
      .when(reserve(2, yours))
      .yields(reserved(2, yours), depleted)
  })

  test('is not reserved twice', () => {
    given(stock, stocked(5), reserved(3)).when(reserve(3, yours)).refuses('OutOfStock')
    given(stock).when(reserve(1)).refuses('OutOfStock')
  })

  test('is released once', () => {
    given(stock, stocked(5), reserved(5)).when(release).yields(released(5))
    given(stock, stocked(5), reserved(5), released(5)).when(release).yields()
    given(stock, stocked(5), reserved(5), released(5))
      .when(reserve(5, yours))
      .yields(reserved(5, yours), depleted)
  })

  test('is committed once; a repeated commit is refused', () => {
    given(stock, stocked(5), reserved(3)).when(commit).yields(committed(3))
    given(stock, stocked(5), reserved(3), committed(3)).when(commit).refuses('NotReserved')
    given(stock, stocked(5), reserved(3), committed(3)).when(release).yields()
    given(stock, stocked(5), reserved(3), committed(3))
      .when(reserve(3, yours))
      .refuses('OutOfStock')
  })

  test('is returned once for each refund and each return', () => {
    const putBack = (name: string, quantity = 2) => ({
      type: 'ReturnStock' as const,
      data: { orderId: mine, cause: derivedId(RefundId, name), quantity },
    })
    const back = (name: string) => ({ ...putBack(name), type: 'StockReturned' as const })
    given(stock, stocked(5)).when(putBack('a')).yields(back('a'))
    given(stock, stocked(5), back('a')).when(putBack('a')).yields()
    given(stock, stocked(5), back('a')).when(putBack('b')).yields(back('b'))
    given(stock, stocked(5), reserved(5), back('a'))
      .when(reserve(2, yours))
      .yields(reserved(2, yours), depleted)
    given(stock, stocked(1_000_000_000)).when(putBack('a', 1)).refuses('TooMany')
    const others = Array.from({ length: 999 }, (_, nth) => back(String(nth)))
    given(stock, back('a'), ...others)
      .when(putBack('a'))
      .yields()
  })
})

test('stock never falls below zero, and reservations add up, after any commands', () => {
  const orderId = fc.constantFrom(...['a', 'b', 'c'].map((name) => derivedId(OrderId, name)))
  const amount = fc.integer({ min: 0, max: 6 })
  const command: fc.Arbitrary<CommandOf<typeof stock>> = fc.oneof(
    amount.map(set),
    fc.integer({ min: -6, max: 6 }).map(adjust),
    fc.tuple(orderId, amount).map(([id, quantity]) => reserve(quantity + 1, id)),
    orderId.map((id) => ({ type: 'ReleaseStock' as const, data: { orderId: id } })),
    orderId.map((id) => ({ type: 'CommitStock' as const, data: { orderId: id } })),
    fc.tuple(orderId, amount).map(([id, quantity]) => ({
      type: 'ReturnStock' as const,
      data: { orderId: id, cause: derivedId(ReturnId, id), quantity: quantity + 1 },
    })),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      let state = stock.initialState
      for (const each of commands) {
        const decision = stock.decide(state, each, { now: '', by: '' })
        if (isRefusal(decision)) continue
        state = decision.reduce(stock.evolve, state)
        const held = Object.values(state.held).reduce((sum, quantity) => sum + quantity, 0)
        expect(state.reserved).toBe(held)
        expect(state.quantity).toBeGreaterThanOrEqual(state.reserved)
      }
    }),
  )
})
