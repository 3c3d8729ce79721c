import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { promotions as all } from '../../../projections/index.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { Name, Paragraphs } from '../../shared/index.ts'
import { Channel, promotion, PromotionId, Segment } from '../language.ts'
import { publishPromotion, recipientsOf } from '../services/publish-promotion.ts'

const params = Fields({ id: PromotionId })
const Promotion = all.document

/** A route that pauses or resumes a promotion. */
const turning = (verb: 'pause' | 'resume', type: 'PausePromotion' | 'ResumePromotion') =>
  route({
    method: 'POST',
    url: `/notifications/promotions/:id/${verb}`,
    access: 'admin',
    operationId: `${verb}Promotion`,
    summary:
      verb === 'pause'
        ? 'Pause a promotion after its present batch'
        : 'Continue a promotion where it was paused',
    params,
    data: Type.Object({ id: PromotionId, status: Type.Enum(['RUNNING', 'PAUSED']) }),
    problems: [404, 409],
    handle: async ({ params: { id }, origin }, { executor }) => {
      const answer = await executor.execute(promotion, id, { type, data: {} }, origin)
      if (isRefusal(answer)) throw refusalProblem(promotion, answer)
      const status = verb === 'pause' ? ('PAUSED' as const) : ('RUNNING' as const)
      return { data: { id, status }, position: answer.position }
    },
  })

/** Routes of promotions. */
export const promotionRoutes = [
  route({
    method: 'POST',
    url: '/notifications/promotions',
    access: 'admin',
    operationId: 'publishPromotion',
    summary: 'Send an advertisement to a segment of those who agreed to advertisements',
    description:
      'It goes out in batches; nobody gets it twice, and nobody who has opted out by then. `activeSince`: users with a session that was used since. `country`: users with an order to it.',
    body: Fields({
      segment: Segment,
      channel: Channel,
      subject: Type.Optional(Name(1, 255)),
      text: Paragraphs(1, 10_000),
    }),
    example: {
      segment: { role: 'buyer', country: 'DE' },
      channel: 'email',
      subject: 'Lamps at half price',
      text: 'This week only.',
    },
    data: Type.Object({
      id: PromotionId,
      recipients: Type.Integer({ minimum: 0, description: 'Users in the segment now' }),
    }),
    status: 202,
    handle: async ({ body, caller, origin }, ports) => {
      const { position, ...data } = await publishPromotion(
        body,
        { publishedBy: caller.id, origin },
        ports,
      )
      return { data, position }
    },
  }),

  route({
    method: 'GET',
    url: '/notifications/promotions',
    access: 'admin',
    operationId: 'listPromotions',
    summary: 'Promotions with their progress, the latest first',
    query: ListQuery(['createdAt'], {}),
    data: ListOf('promotions', Promotion),
    handle: async ({ query }, ports) => {
      const { documents, info, position } = await listed(ports, all, query, {})
      return { data: { promotions: documents, ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/notifications/promotions/recipients',
    access: 'admin',
    operationId: 'countPromotionRecipients',
    summary: 'The number of users whom a promotion to a segment would reach now',
    query: Segment,
    data: Type.Object({ recipients: Type.Integer({ minimum: 0 }) }),
    handle: async ({ query }, { readModels }) => ({
      data: { recipients: await recipientsOf(query, readModels) },
    }),
  }),

  route({
    method: 'GET',
    url: '/notifications/promotions/:id',
    access: 'admin',
    operationId: 'getPromotion',
    summary: 'A promotion with its progress',
    params,
    query: Fresh,
    data: Promotion,
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const { document, position } = await readModels.get(all, id, minPositionOf(query))
      if (!document) throw notFound('promotion')
      return { data: document, position }
    },
  }),

  turning('pause', 'PausePromotion'),
  turning('resume', 'ResumePromotion'),
]
