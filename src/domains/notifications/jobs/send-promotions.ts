import { promotions } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { sendBatch } from '../services/send-promotion.ts'

/** Number of promotions that are sent in one run. */
const atOnce = 10

/** Number of batches of each in one run, so that a long promotion does not hold up another. */
const batches = 25

/** Sends the promotions that are running, in batches. */
export const sendPromotions = chore({
  name: 'send-promotions',
  every: 2_000,
  reads: [promotions],
  run: async (ports) => {
    const { documents } = await ports.readModels.find(promotions, {
      where: { status: 'RUNNING' },
      sort: ['createdAt'],
      limit: atOnce,
      counted: false,
    })
    if (documents.length === 0) return { dueIn: async () => Infinity }
    for (const { id } of documents)
      for (let batch = 0; batch < batches; batch += 1) if (!(await sendBatch(id, ports))) break
    return undefined
  },
})
