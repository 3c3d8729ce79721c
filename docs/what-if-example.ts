// A projection to try on a log: what each customer has spent. Copy it into any folder, change it, and run
//   npx agora what-if --projection what-if-example.ts --table
// Nothing needs to be installed beside it. Events come as analysts see them: secrets and persons are masked.
import { Type } from 'typebox'
import { Fields, projection } from 'agora/kernel'
import { order } from 'agora/domains/ordering'

export default projection({
  name: 'spending',
  store: 'postgres',
  within: 60_000,
  document: Fields({ orders: Type.Integer(), cents: Type.Integer() }),
  from: [order],
  // Which document an event belongs to; undefined when to none.
  key: ({ data }) => ('userId' in data ? data.userId : undefined),
}).rules({
  OrderPlaced: (document, { data: { total } }) => ({
    orders: (document?.orders ?? 0) + 1,
    cents: (document?.cents ?? 0) + total.amount,
  }),
})
