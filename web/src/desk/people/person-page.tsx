import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useSession } from '../../app/session.tsx'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { OpenSessions } from '../../ui/open-sessions.tsx'
import { Card, Muted, Sides, Stack, Table, Terms } from '../../ui/layout.tsx'
import { Moment } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { Forgetting } from './forgetting.tsx'
import {
  accountQuery,
  nameOf,
  ordersOfQuery,
  sessionsOfQuery,
  type Account,
} from './people-queries.ts'
import { RolesCard } from './roles-card.tsx'
import { Suspension } from './suspension.tsx'
import { peopleTexts } from './texts.ts'

const route = getRouteApi('/desk/people/$id')

const Facts = ({ account }: { readonly account: Account }) => {
  const t = useTexts(peopleTexts)
  const { id, email, emailVerified, username, name, status, createdAt, updatedAt } = account
  return (
    <Card title={t.person}>
      <Terms
        of={[
          [t.status, t.statusName(status)],
          [t.name, [name, username].filter(Boolean).join(', ')],
          [t.email, email && `${email} (${t.emailState(emailVerified)})`],
          [t.joined, <Moment key="joined" at={createdAt} />],
          [t.changed, <Moment key="changed" at={updatedAt} />],
          [t.id, <code key="id">{id}</code>],
        ]}
      />
    </Card>
  )
}

const Orders = ({ id }: { readonly id: string }) => {
  const t = useTexts(peopleTexts)
  const { money } = useFormats()
  return (
    <Card title={t.orders}>
      <Loaded query={useQuery(ordersOfQuery(id))}>
        {({ orders }) =>
          orders.length === 0 ? (
            <Muted>{t.noOrders}</Muted>
          ) : (
            <Table
              caption={t.ordersOf}
              rows={orders}
              keyOf={(order) => order.id}
              columns={[
                {
                  head: t.id,
                  cell: (order) => (
                    <Link to="/desk/orders/$id" params={{ id: order.id }}>
                      {order.id.slice(0, 8)}
                    </Link>
                  ),
                },
                { head: t.status, cell: ({ status }) => status },
                { head: t.changed, cell: ({ updatedAt }) => <Moment at={updatedAt} /> },
                { head: t.total, cell: ({ total }) => money(total), isNumber: true },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}

const SessionsOf = ({ id }: { readonly id: string }) => {
  const options = sessionsOfQuery(id)
  return <OpenSessions query={useQuery(options)} queryKey={options.queryKey} />
}

/** An account: its roles, its suspension, its orders, its sessions, and its erasure with the receipt. */
const PersonPage = () => {
  const t = useTexts(peopleTexts)
  const { id } = route.useParams()
  const { is } = useSession()
  // The title needs the account; the frame refuses all others.
  const query = useQuery({ ...accountQuery(id), enabled: is('admin') })
  return (
    <Desk title={query.data ? nameOf(query.data) : t.title}>
      <Loaded query={query} skeletons={3}>
        {(account) => (
          <Sides>
            <Stack>
              <Facts account={account} />
              <Orders id={id} />
              {account.status !== 'CLOSED' && <SessionsOf id={id} />}
              <Forgetting
                id={id}
                word={account.username ?? id}
                hasLeft={account.status === 'CLOSED'}
              />
            </Stack>
            {account.status !== 'CLOSED' && (
              <Stack>
                <RolesCard account={account} />
                <Suspension account={account} />
              </Stack>
            )}
          </Sides>
        )}
      </Loaded>
    </Desk>
  )
}

export default PersonPage
