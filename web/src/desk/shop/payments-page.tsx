import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { FilterForm } from '../../ui/filter-form.tsx'
import { Select, TextField } from '../../ui/form.tsx'
import { Stack, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { paymentFilter, paymentStatuses, type PaymentFilter } from './payment-filter.ts'
import { paymentsQuery } from './payment-queries.ts'
import { paymentTexts } from './payment-texts.ts'
import { Refund } from './refund.tsx'

const route = getRouteApi('/desk/payments')

/** Statuses in which something can be refunded. */
const refundable: ReadonlySet<string> = new Set(['COMPLETED', 'PARTLY_REFUNDED', 'REFUND_FAILED'])

/** Interval in which the list is read again, in ms: refunds come from the provider. */
const everyMs = 3_000

const kindOf = (status: string) => {
  if (status === 'COMPLETED') return 'good'
  return status.endsWith('FAILED') ? 'bad' : 'neutral'
}

const Filters = ({ filter }: { readonly filter: PaymentFilter }) => {
  const t = useTexts(paymentTexts)
  const navigate = useNavigate()
  return (
    <FilterForm
      of={filter}
      label={t.filter}
      submitLabel={t.show}
      onFilter={(values) =>
        void navigate({
          to: '/desk/payments',
          search: paymentFilter({ status: values.text('status'), order: values.text('order') }),
        })
      }
    >
      <Select
        name="status"
        label={t.status}
        required={false}
        defaultValue={filter.status ?? ''}
        options={[
          ['', t.all],
          ...paymentStatuses.map((one): [string, string] => [one, t.statusName(one)]),
        ]}
      />
      <TextField
        name="order"
        label={t.order}
        hint={t.orderHint}
        required={false}
        maxLength={36}
        defaultValue={filter.order}
      />
    </FilterForm>
  )
}

const Payments = ({ filter }: { readonly filter: PaymentFilter }) => {
  const t = useTexts(paymentTexts)
  const { money } = useFormats()
  const query = useInfiniteQuery({ ...paymentsQuery(filter), refetchInterval: everyMs })
  return (
    <Paged query={query} rowsOf={(page) => page.payments} none={t.none} skeletons={3}>
      {(payments) => (
        <Table
          caption={t.list}
          rows={payments}
          keyOf={({ id }) => id}
          columns={[
            {
              head: t.order,
              cell: ({ orderId }) => (
                <Link to="/desk/orders/$id" params={{ id: orderId }}>
                  {orderId.slice(0, 8)}
                </Link>
              ),
            },
            {
              head: t.status,
              cell: ({ status, reason }) => (
                <>
                  <Badge kind={kindOf(status)}>{t.statusName(status)}</Badge> {reason}
                </>
              ),
            },
            { head: t.amount, cell: ({ amount }) => money(amount), isNumber: true },
            {
              head: t.refunded,
              cell: ({ refunded }) => (refunded ? money(refunded) : ''),
              isNumber: true,
            },
            {
              head: t.provider,
              cell: ({ provider, providerRef }) => provider && `${provider} ${providerRef ?? ''}`,
            },
            { head: t.at, cell: ({ updatedAt }) => <Ago at={updatedAt} /> },
            {
              head: t.actions,
              cell: (payment) => refundable.has(payment.status) && <Refund payment={payment} />,
            },
          ]}
        />
      )}
    </Paged>
  )
}

/** All payments, by status or order, and their refunds. */
const PaymentsPage = () => {
  const t = useTexts(paymentTexts)
  const filter = route.useSearch()
  return (
    <Desk title={t.title}>
      <Stack>
        <Filters filter={filter} />
        <Payments filter={filter} />
      </Stack>
    </Desk>
  )
}

export default PaymentsPage
