import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Empty, Failure, More, Skeleton } from '../../ui/feedback.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, Stack, Table, TabLink, Tabs } from '../../ui/layout.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { sagasQuery } from './order-queries.ts'
import { SagaBadge } from './saga-badge.tsx'
import { sagaStates, type SagaState } from './saga-filter.ts'
import { ordersTexts } from './texts.ts'

const route = getRouteApi('/desk/orders')

/** Interval in which the list is read again, in ms. */
const everyMs = 10_000

const Runs = ({ state }: { readonly state: SagaState | undefined }) => {
  const t = useTexts(ordersTexts)
  const { number } = useFormats()
  const query = useInfiniteQuery({ ...sagasQuery(state), refetchInterval: everyMs })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={3} />
  // A run that changed meanwhile may be on two pages.
  const runs = new Map(
    data.pages.flatMap(({ sagas }) => sagas).map((run) => [`${run.saga} ${run.id}`, run]),
  )
  if (runs.size === 0)
    return (
      <Empty>
        <p>{t.none}</p>
      </Empty>
    )
  return (
    <>
      <Table
        caption={t.runs}
        rows={[...runs.values()]}
        keyOf={({ saga, id }) => `${saga} ${id}`}
        columns={[
          { head: t.saga, cell: ({ saga }) => saga },
          {
            head: t.about,
            cell: ({ id }) => (
              <Link to="/desk/orders/$id" params={{ id }}>
                {id}
              </Link>
            ),
          },
          { head: t.stateHead, cell: (run) => <SagaBadge state={run.state} /> },
          { head: t.changed, cell: ({ updatedAt }) => <Ago at={updatedAt} /> },
          { head: t.started, cell: ({ startedAt }) => <Ago at={startedAt} /> },
          { head: t.steps, cell: ({ steps }) => number(steps), isNumber: true },
        ]}
      />
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}

/** Runs of sagas by state, and the way to an order by its id. */
const OrdersPage = () => {
  const t = useTexts(ordersTexts)
  const { state } = route.useSearch()
  const navigate = useNavigate()
  return (
    <Desk title={t.title}>
      <Stack>
        <p>{t.intro}</p>
        <Card>
          <Form
            label={t.find}
            busy={false}
            submitLabel={t.show}
            onSubmit={(values) =>
              void navigate({ to: '/desk/orders/$id', params: { id: values.text('id') } })
            }
          >
            <TextField name="id" label={t.find} hint={t.findHint} maxLength={300} />
          </Form>
        </Card>
        <Tabs label={t.states}>
          <TabLink to="/desk/orders" search={{}} activeOptions={{ exact: true }}>
            {t.all}
          </TabLink>
          {sagaStates.map((one) => (
            <TabLink key={one} to="/desk/orders" search={{ state: one }}>
              {t.state(one)}
            </TabLink>
          ))}
        </Tabs>
        <Runs state={state} />
      </Stack>
    </Desk>
  )
}

export default OrdersPage
