// A rule to try on the log: nobody orders more than three pieces of a product. Copy it into any folder, change it, and run
//   npx agora what-if --rules what-if-rules-example.ts --page report.html
// Nothing needs to be installed beside it, and nothing is written but the report.
import { refuse } from 'agora/kernel'
import { order } from 'agora/domains/ordering'

const most = 3

// A decider or saga replaces the installed one of its name. This one passes everything else on to that.
export default {
  ...order,
  refusals: { ...order.refusals, TooManyPieces: `Order at most ${most} pieces of a product.` },
  decide: (...[state, command, context]: Parameters<typeof order.decide>) =>
    command.type === 'PlaceOrder' && command.data.items.some(({ quantity }) => quantity > most)
      ? refuse('TooManyPieces')
      : order.decide(state, command, context),
}
