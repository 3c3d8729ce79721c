import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, timeAt, type DocumentOf } from '#kernel'
import { activeDays, activities, orderFacts } from '../../../projections/index.ts'
import { ownsOrAdmin } from '../../../serving/caller.ts'
import { Fresh, minPositionOf } from '../../../serving/lists.ts'
import { forbidden } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { allowsAnalytics, profile } from '../../profiles/language.ts'
import { UserId } from '../../shared/index.ts'
import { activity, ActivityId } from '../language.ts'
import { daysIn, eachDocument, momentsIn } from '../services/all-documents.ts'
import { asked, askedRange } from '../services/asked-range.ts'
import { answeredFrom } from '../services/reads.ts'
import { activitiesIn, Reported } from '../services/tracked.ts'

const Count = Type.Integer({ minimum: 0 })

/** Number of the latest activities in an answer. */
const latest = 20

const OfUser = Type.Object({
  userId: UserId,
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time', description: 'The first moment after the range' }),
  timeZone: Type.String(),
  events: Type.Object({
    total: Count,
    byType: Type.Record(Type.String(), Count, {
      description: 'By declared names; all others are `other`',
    }),
  }),
  activeDays: Type.Integer({ minimum: 0, description: 'Days on which the user did something' }),
  orders: Type.Object({
    placed: Count,
    paid: Count,
    spent: Type.Array(
      Type.Object({
        currency: Type.String(),
        amount: Type.Integer({ description: 'In minor units' }),
      }),
    ),
  }),
  latest: Type.Array(
    Type.Object({
      eventType: Type.String(),
      name: Type.Optional(
        Type.String({
          description: 'The name that the client gave, where it is another; for the user only',
        }),
      ),
      timestamp: Type.String({ format: 'date-time' }),
      metadata: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), { description: 'For the user only' }),
      ),
    }),
    { description: 'The latest activities that clients have reported, the newest first' },
  ),
})

/** Routes of what users do. */
export const activityRoutes = [
  route({
    method: 'POST',
    url: '/analytics/event',
    access: 'user',
    operationId: 'trackEvent',
    summary: 'Report what the caller did at a client: one event, or up to 100 together',
    description:
      'Nothing is stored of users whose preferences exclude analytics (`accepted` is 0). Names such as `product_view`, `add_to_cart` and `search` (with `results` in the metadata) are counted in the funnel and the searches of the dashboard. Other names are recorded as personal data, and counted as `other`.',
    body: Reported,
    example: { events: [{ eventType: 'product_view' }, { eventType: 'add_to_cart' }] },
    data: Type.Object({
      id: Type.Optional(ActivityId),
      accepted: Type.Integer({ minimum: 0, description: 'Number of recorded events' }),
    }),
    status: 202,
    problems: [403, 413],
    handle: async ({ body, caller, origin }, { executor, clock }) => {
      if (body.userId !== undefined && body.userId !== caller.id)
        throw forbidden('Nobody reports what another user did; leave userId out.')
      const items = activitiesIn(body, clock().getTime())
      const { state } = await executor.stateOf(profile, caller.id)
      if (!allowsAnalytics(state)) return { data: { accepted: 0 } }
      const id = derivedId(ActivityId, origin.commandId, 'activity')
      const command = { type: 'TrackActivity' as const, data: { userId: caller.id, items } }
      const answer = await executor.execute(activity, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(activity, answer)
      return { data: { id, accepted: items.length }, position: answer.position }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/user/:userId',
    access: 'user',
    operationId: 'getUserAnalytics',
    summary: 'What one user did: events, active days, orders',
    description:
      'For the user, and for analysts, who do not see metadata, nor names that are not declared.',
    params: Fields({ userId: UserId }),
    query: Fields({ ...asked, ...Fresh.properties }),
    data: OfUser,
    problems: [403],
    handle: async ({ params: { userId }, query, caller }, { readModels, clock }) => {
      const isOwn = caller.id === userId
      if (!ownsOrAdmin(caller, userId) && !caller.roles.includes('analyst')) throw forbidden()
      const range = askedRange(query, clock().getTime())
      return answeredFrom(readModels, minPositionOf(query), async (reads) => {
        const byType = new Map<string, number>()
        let newest: DocumentOf<typeof activities>[] = []
        const tracked = { userId, timestamp: momentsIn(range) }
        await eachDocument(reads, activities, tracked, 'timestamp', (one) => {
          byType.set(one.eventType, (byType.get(one.eventType) ?? 0) + 1)
          newest = [one, ...newest].slice(0, latest)
        })
        const days = new Set<number>()
        await eachDocument(reads, activeDays, { userId, day: daysIn(range) }, 'day', (one) => {
          const start = Date.parse(one.day)
          for (const slot of one.slots) {
            const time = start + slot * 15 * 60_000
            if (time >= range.from && time < range.to) days.add(range.zone.startOf('day', time))
          }
        })
        const spent = new Map<string, number>()
        const orders = { placed: 0, paid: 0 }
        const placed = { userId, placedAt: momentsIn(range) }
        await eachDocument(reads, orderFacts, placed, 'placedAt', (order) => {
          orders.placed += 1
          if (order.paidAt === undefined) return
          orders.paid += 1
          spent.set(order.currency, (spent.get(order.currency) ?? 0) + order.amount)
        })
        const counts = [...byType].toSorted(([a], [b]) => (a < b ? -1 : 1))
        return {
          userId,
          from: timeAt(range.from),
          to: timeAt(range.to),
          timeZone: range.timeZone,
          events: {
            total: counts.reduce((sum, [, count]) => sum + count, 0),
            byType: Object.fromEntries(counts),
          },
          activeDays: days.size,
          orders: {
            ...orders,
            spent: [...spent]
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([currency, amount]) => ({ currency, amount })),
          },
          latest: newest.map(({ eventType, name, timestamp, metadata }) => ({
            eventType,
            timestamp,
            ...(isOwn && { ...(name && { name }), metadata: { ...metadata } }),
          })),
        }
      })
    },
  }),
]
