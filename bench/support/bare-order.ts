import { Type } from 'typebox'
import { Fields } from '#kernel'

/** Schema of an order's body, as the hand-written server accepts it. */
export const Basket = Fields({
  items: Type.Array(
    Fields({
      kind: Type.Enum(['product']),
      refId: Type.String({ format: 'uuid' }),
      quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    }),
    { minItems: 1, maxItems: 100 },
  ),
  paymentMethod: Fields({ token: Type.String({ minLength: 1, maxLength: 500 }) }),
})
