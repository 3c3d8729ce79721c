import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Paged } from '../../ui/paged.tsx'
import { FilterForm } from '../../ui/filter-form.tsx'
import { Select, TextField } from '../../ui/form.tsx'
import { Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { accountStatuses, peopleFilter, roles, type PeopleFilter } from './people-filter.ts'
import { accountsQuery, nameOf } from './people-queries.ts'
import { peopleTexts } from './texts.ts'

const route = getRouteApi('/desk/people')

/** Looks of the statuses. */
const kinds = { ACTIVE: 'good', SUSPENDED: 'warn', CLOSED: 'neutral' } as const

const Filters = ({ filter }: { readonly filter: PeopleFilter }) => {
  const t = useTexts(peopleTexts)
  const navigate = useNavigate()
  return (
    <FilterForm
      of={filter}
      label={t.filter}
      submitLabel={t.apply}
      onFilter={(values) =>
        void navigate({
          to: '/desk/people',
          search: peopleFilter({
            q: values.text('q'),
            role: values.text('role'),
            status: values.text('status'),
          }),
        })
      }
    >
      <TextField
        name="q"
        label={t.search}
        required={false}
        maxLength={254}
        defaultValue={filter.q}
      />
      <Select
        name="role"
        label={t.role}
        required={false}
        defaultValue={filter.role ?? ''}
        options={[['', t.all], ...roles.map((one): [string, string] => [one, t.roleName(one)])]}
      />
      <Select
        name="status"
        label={t.status}
        required={false}
        defaultValue={filter.status ?? ''}
        options={[
          ['', t.all],
          ...accountStatuses.map((one): [string, string] => [one, t.statusName(one)]),
        ]}
      />
    </FilterForm>
  )
}

const People = ({ filter }: { readonly filter: PeopleFilter }) => {
  const t = useTexts(peopleTexts)
  const { number } = useFormats()
  const query = useInfiniteQuery(accountsQuery(filter))
  return (
    <Paged query={query} rowsOf={({ users }) => users} none={t.none} skeletons={3}>
      {(accounts) => (
        <Stack>
          <Muted>{t.count(number(query.data?.pages[0]?.total ?? 0))}</Muted>
          <Table
            caption={t.people}
            rows={accounts}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t.name,
                cell: (account) => (
                  <Link to="/desk/people/$id" params={{ id: account.id }}>
                    {nameOf(account)}
                  </Link>
                ),
              },
              { head: t.email, cell: ({ email }) => email },
              { head: t.roles, cell: ({ roles: held }) => held.map(t.roleName).join(', ') },
              {
                head: t.status,
                cell: ({ status }) => <Badge kind={kinds[status]}>{t.statusName(status)}</Badge>,
              },
              { head: t.joined, cell: ({ createdAt }) => <Ago at={createdAt} /> },
            ]}
          />
        </Stack>
      )}
    </Paged>
  )
}

/** All accounts, by name, role and status. */
const PeoplePage = () => {
  const t = useTexts(peopleTexts)
  const filter = route.useSearch()
  return (
    <Desk title={t.title}>
      <Stack>
        <Filters filter={filter} />
        <People filter={filter} />
      </Stack>
    </Desk>
  )
}

export default PeoplePage
