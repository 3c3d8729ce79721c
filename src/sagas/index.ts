import type { AnySaga } from '#kernel'
import { fulfilment } from './fulfilment.ts'
import { registration } from './registration.ts'
import { stocking } from './stocking.ts'

export { fulfilment, registration, stocking }

/**
 * Every process that carries work from one context to another.
 * @param config.orderTimeout how long an order may remain unpaid, in ms
 */
export const sagas = (config: { readonly orderTimeout: number }): AnySaga[] => [
  registration,
  stocking,
  fulfilment(config),
]
