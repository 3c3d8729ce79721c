import { Type } from 'typebox'
import { asId, Fields, isRefusal } from '#kernel'
import { profile } from '../../profiles/language.ts'
import { UserId } from '../../shared/index.ts'
import { invalid } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { unsubscribedBy } from '../services/unsubscribing.ts'

/** The route behind the links of advertisements. */
export const unsubscribingRoutes = [
  route({
    method: 'POST',
    url: '/notifications/unsubscribe',
    access: 'public',
    operationId: 'unsubscribe',
    summary: 'Get no more advertisements, by the link of one',
    description:
      'Mail programs call it by one click (RFC 8058), the page `/unsubscribe` on request. The token admits to nothing else; it may be used again.',
    query: Fields({ token: Type.String({ minLength: 1, maxLength: 200 }) }),
    oneClick: true,
    data: Type.Object({ marketing: Type.Literal(false) }),
    handle: async ({ query: { token }, origin }, { executor, keys }) => {
      const userId = unsubscribedBy(keys, token)
      if (userId === undefined) throw invalid('token', 'is not one of ours')
      const command = { type: 'ChangePreferences' as const, data: { marketing: false } }
      const answer = await executor.execute(profile, asId(UserId, userId), command, origin)
      // Whoever has left gets none anyway.
      if (isRefusal(answer) && answer.refused !== 'NoSuchProfile')
        throw refusalProblem(profile, answer)
      return { data: { marketing: false as const } }
    },
  }),
]
