import { Type, type Static } from 'typebox'
import { decider, Fields, Nothing, refuse, saysNo } from '#kernel'
import { Money, Name, Paragraphs, ProductId, RecordedMoney, Text, WebUrl } from '../shared/index.ts'

/** Weight of one piece, in grams. */
const Weight = Type.Integer({ minimum: 1, maximum: 1_000_000 })

const details = {
  name: Name(1, 255),
  description: Type.Optional(Paragraphs(0, 10_000)),
  category: Name(1, 100),
  /** URL of its picture. */
  image: Type.Optional(WebUrl),
  weight: Type.Optional(Weight),
  price: Money,
}

/** Schemas of recorded events: older ones hold any text. */
const recorded = {
  name: Text(1, 255),
  description: Type.Optional(Text(0, 10_000)),
  category: Text(1, 100),
  image: Type.Optional(Text(1, 2_000)),
  weight: Type.Optional(Weight),
}
const Details = Fields(recorded)
type Details = Static<typeof Details>
type Price = Static<typeof RecordedMoney>

type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'listed'; readonly price: Price } & Details)
  | { readonly status: 'deleted' }

/** A product on sale, with details and price; the inventory counts its pieces. */
export const product = decider({
  name: 'product',
  id: ProductId,

  commands: {
    CreateProduct: Fields(details, { description: 'Put a product on sale.' }),
    UpdateProduct: Fields(details, {
      description: 'Replace all details of a product; omitted ones are removed.',
    }),
    DeleteProduct: Fields({}, { description: 'Take a product off sale for good.' }),
  },

  events: {
    ProductCreated: Fields({ ...recorded, price: RecordedMoney }),
    ProductUpdated: Details,
    ProductPriceChanged: Fields({ price: RecordedMoney, previous: RecordedMoney }),
    ProductDeleted: Nothing,
    /** Comes before the update or the deletion that takes the picture away. */
    ProductImageDropped: Fields({ image: Text(1, 2_000) }),
  },

  refusals: {
    NoSuchProduct: saysNo.notFound('There is no such product.'),
    AlreadyCreated: 'This product was created before; update it instead.',
  },
}).rules<State>({
  initialState: { status: 'new' },
  stateVersion: 2,

  decide: {
    CreateProduct: (data, state) => {
      if (state.status === 'new') return [{ type: 'ProductCreated', data }]
      return state.status === 'listed' && sameDetails(state, data) && samePrice(state, data)
        ? []
        : refuse('AlreadyCreated')
    },

    UpdateProduct: ({ price, ...details }, state) => {
      if (state.status !== 'listed') return refuse('NoSuchProduct')
      const { price: previous } = state
      return [
        ...droppedImage(state, details.image),
        ...(sameDetails(state, details)
          ? []
          : [{ type: 'ProductUpdated' as const, data: details }]),
        ...(samePrice(state, { price })
          ? []
          : [{ type: 'ProductPriceChanged' as const, data: { price, previous } }]),
      ]
    },

    DeleteProduct: (_, state) => {
      if (state.status === 'new') return refuse('NoSuchProduct')
      if (state.status === 'deleted') return []
      return [...droppedImage(state), { type: 'ProductDeleted', data: {} }]
    },
  },

  evolve: {
    ProductCreated: (_, data) => ({ status: 'listed', ...data }),
    ProductUpdated: (state, details) =>
      state.status === 'listed' ? { status: 'listed', price: state.price, ...details } : state,
    ProductPriceChanged: (state, { price }) =>
      state.status === 'listed' ? { ...state, price } : state,
    ProductDeleted: () => ({ status: 'deleted' }),
    ProductImageDropped: (state) => state,
  },
})

/** The event of a picture that is replaced or removed. */
const droppedImage = ({ image }: Pick<Details, 'image'>, next?: string) =>
  image === undefined || image === next
    ? []
    : [{ type: 'ProductImageDropped' as const, data: { image } }]

const sameDetails = (one: Details, other: Details) =>
  one.name === other.name &&
  one.description === other.description &&
  one.category === other.category &&
  one.image === other.image &&
  one.weight === other.weight

const samePrice = (one: { readonly price: Price }, other: { readonly price: Price }) =>
  one.price.amount === other.price.amount && one.price.currency === other.price.currency
