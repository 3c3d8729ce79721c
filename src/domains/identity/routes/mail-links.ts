import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { Fields } from '#kernel'
import { account, isOpen, RequestId } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { accountOf } from '../services/accounts.ts'
import { linksOf } from '../services/account-links.ts'
import { badLink, LinkToken } from './passwords.ts'
import { verifiable } from './email-addresses.ts'

/** Kinds of links whose request the account records. */
const requested = { reset: 'reset', change: 'emailChange' } as const

/** Routes of the links in mails. */
export const mailLinkRoutes = [
  route({
    method: 'POST',
    url: '/auth/links/check',
    access: 'public',
    operationId: 'checkLink',
    summary: 'Check the token of a link in a mail, without using it',
    description:
      'Pages call it before they ask anything: a link may be incomplete, too old or used.',
    body: Fields({ token: LinkToken }),
    example: { token: 'verify.…' },
    data: Type.Object({ kind: Type.Enum(['verify', 'change', 'reset']) }),
    problems: [409],
    handle: async ({ body: { token } }, ports) => {
      for (const kind of ['reset', 'change'] as const) {
        const link = linksOf(ports).open(kind, token)
        if (!link) continue
        if (!link.isOurs() || !Check(UserId, link.userId) || !Check(RequestId, link.about))
          throw badLink()
        const found = await accountOf(ports.executor, link.userId)
        const now = ports.clock().toISOString()
        if (!found || !isOpen(found.state, found.state[requested[kind]], link.about, now))
          throw refusalProblem(account, { refused: 'LinkExpired' })
        return { data: { kind } }
      }
      await verifiable(ports, token)
      return { data: { kind: 'verify' as const } }
    },
  }),
]
