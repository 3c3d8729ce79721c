import { Type } from 'typebox'
import { Fields } from '#kernel'
import { workflow } from '../../../serving/workflow.ts'
import { Name, Paragraphs } from '../../shared/index.ts'
import { Channel, Segment } from '../language.ts'
import { publishPromotion } from '../services/publish-promotion.ts'

/** Sends an advertisement when an admin wants it; the list of promotions shows how far it has come. */
export const promote = workflow({
  name: 'promotion',
  about: 'Sends an advertisement to a segment of those who agreed to advertisements.',
  payload: Fields({
    segment: Segment,
    channel: Channel,
    subject: Type.Optional(Name(1, 255)),
    text: Paragraphs(1, 10_000),
  }),
  example: { segment: { role: 'buyer' }, channel: 'in_app', text: 'This week only.' },
  run: async ({ payload, scheduledBy, origin }, ports) => {
    const { id, recipients } = await publishPromotion(
      payload,
      { publishedBy: scheduledBy, origin },
      ports,
    )
    return { promotionId: id, recipients }
  },
})
