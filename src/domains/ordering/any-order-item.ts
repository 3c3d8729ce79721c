import { Type, type Static } from 'typebox'
import { Fields, personal } from '#kernel'
import { Quantity, RecordedMoney, Text, type GigId, type ProductId } from '../shared/index.ts'

/** Id of a product or of a gig. */
export const ItemRef = Type.Unsafe<ProductId | GigId>(Type.String({ format: 'uuid' }))

/** One line of an order of any kind: a product, or a package of a gig. */
export const AnyOrderItem = Fields({
  kind: Type.Enum(['product', 'gig']),
  refId: ItemRef,
  quantity: Quantity,
  /** Name of the product, or title of the gig. */
  name: Text(1, 255),
  /** Name of the ordered package of a gig. */
  package: Type.Optional(personal(Text(1, 100))),
  price: RecordedMoney,
})
export type AnyOrderItem = Static<typeof AnyOrderItem>

/** Returns the one line of an order of a gig. */
export const gigItemOf = ({
  gigId,
  title,
  package: ordered,
  price,
}: {
  readonly gigId: GigId
  readonly title: string
  readonly package: string
  readonly price: AnyOrderItem['price']
}): AnyOrderItem => ({
  kind: 'gig',
  refId: gigId,
  quantity: 1,
  name: title,
  package: ordered,
  price,
})
