import { expect } from 'vitest'
import { asId } from '#kernel'
import { OrderId } from '../../src/domains/shared/index.ts'
import type { Call, HttpWorld } from './http.ts'
import { move, place } from './small-shop.ts'

/** Orders a product and confirms the order. @returns its id */
export const buy = async (world: HttpWorld, call: Call, productId: string): Promise<string> => {
  const { id } = (await place(call, productId)).body.data
  await move(world.deps.executor, asId(OrderId, id) as never, 'ConfirmStock', 'ConfirmOrder')
  return id
}

/** Writes a review. @returns its id */
export const write = async (call: Call, body: object): Promise<string> => {
  const created = await call('POST', '/reviews', body)
  expect(created.status, created.text).toBe(201)
  return created.body.data.id
}
