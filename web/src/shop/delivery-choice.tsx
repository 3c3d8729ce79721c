import type { UseQueryResult } from '@tanstack/react-query'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Radios } from '../ui/form.tsx'
import { Muted } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import type { Quote } from './checkout-queries.ts'
import { checkoutTexts } from './checkout-texts.ts'

/**
 * The ways of delivery to an address, to choose from.
 * @param props.hasDestination whether the address says enough to ask for them
 */
export const DeliveryChoice = ({
  query: { data, error, refetch },
  hasDestination,
  chosen,
  onChoose,
}: {
  readonly query: UseQueryResult<{ readonly quotes: readonly Quote[] }>
  readonly hasDestination: boolean
  readonly chosen: Quote | undefined
  readonly onChoose: (quote: Quote) => void
}) => {
  const t = useTexts(checkoutTexts)
  const { money } = useFormats()
  if (!hasDestination) return <Muted>{t.noAddressYet}</Muted>
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  const { quotes } = data
  if (quotes.length === 0) return <Notice kind="warn">{t.noDelivery}</Notice>
  return (
    <Radios
      // Other quotes are other choices, of which one is made again.
      key={quotes.map(({ id }) => id).join()}
      name="quoteId"
      field="shipping.quoteId"
      label={t.way}
      defaultValue={chosen?.id}
      onChange={(id) => {
        const quote = quotes.find((one) => one.id === id)
        if (quote) onChoose(quote)
      }}
      options={quotes.map(({ id, method, carrier, cost, days }) => [
        id,
        t.quote(t.method(method), carrier, money(cost), t.days(days)),
      ])}
    />
  )
}
