import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run, type BodyOf } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { useCommand } from '../api/use-command.ts'
import { SignedIn } from '../app/access.tsx'
import { countryOf } from '../i18n/countries.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, useToast } from '../ui/feedback.tsx'
import { Form, Select, type Values } from '../ui/form.tsx'
import { Card, Page, Sides, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { AddressFields } from './address-fields.tsx'
import { sumsOf } from './basket-sums.ts'
import { basketTexts } from './basket-texts.ts'
import { quotesQuery } from './checkout-queries.ts'
import { CheckoutSummary } from './checkout-summary.tsx'
import { checkoutTexts } from './checkout-texts.ts'
import { DeliveryChoice } from './delivery-choice.tsx'
import { useFilledBasket } from './use-filled-basket.ts'
import { useSettled } from './use-settled.ts'

/** Tokens that the payment simulator knows. */
const cards = ['tok_ok', 'tok_slow', 'tok_unavailable', 'tok_insufficient_funds', 'tok_declined']

type Order = BodyOf<'/api/v1/orders', 'post'>

const addressOf = (values: Values): NonNullable<Order['shippingAddress']> => {
  const line2 = values.given('line2')
  return {
    name: values.text('name'),
    line1: values.text('line1'),
    ...(line2 !== undefined && { line2 }),
    postalCode: values.text('postalCode'),
    city: values.text('city'),
    country: values.text('country'),
  }
}

/** Places the order; the basket is emptied once it is accepted. */
const usePlaceOrder = (clear: () => void) => {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const t = useTexts(checkoutTexts)
  return useCommand({
    send: async (body: Order, once) => {
      try {
        return await run(api.POST('/api/v1/orders', { ...once, body }))
      } catch (error) {
        // What was shown is no longer so: prices, products, or the cost of the delivery.
        if (error instanceof ApiProblem && [400, 404, 409].includes(error.status)) {
          await queries.invalidateQueries({ queryKey: ['products'] })
          await queries.invalidateQueries({ queryKey: ['quotes'] })
        }
        throw error
      }
    },
    changes: [['orders'], ['products']],
    onDone: async ({ id }) => {
      toast(t.placed)
      await navigate({ to: '/orders/$id', params: { id } })
      clear()
    },
  })
}

/** Explains the refusals that the checkout can expect in the language of the page. */
const useExplained = (error: Error | null): string | undefined => {
  const t = useTexts(checkoutTexts)
  if (!(error instanceof ApiProblem)) return undefined
  if (error.code === 'price_changed') return t.priceChanged
  if (error.errors.some(({ field }) => field === 'shipping.quoteId')) return t.quoteChanged
  return error.code === 'no_such_product' ? t.goneNow : undefined
}

const Checkout = () => {
  const t = useTexts(checkoutTexts)
  const { money } = useFormats()
  const { basket, lines, error: basketError, retry } = useFilledBasket()
  const [country, setCountry] = useState(() => countryOf(navigator.language) ?? '')
  const [postalCode, setPostalCode] = useState('')
  const [way, setWay] = useState<string>()
  const [isHasty, setHasty] = useState(false)
  const place = `${country} ${postalCode}`
  const isSettled = useSettled(place) === place
  const items = lines.map(({ productId: refId, quantity }) => ({ refId, quantity }))
  const hasDestination = country !== '' && postalCode !== ''
  const quotes = useQuery({
    ...quotesQuery(items, { country, postalCode }),
    enabled: hasDestination && isSettled && items.length > 0,
  })
  const quote = quotes.data?.quotes.find(({ method }) => method === way) ?? quotes.data?.quotes[0]
  const [sum] = sumsOf(lines)
  const isWhole = lines.every(({ product }) => product)
  const total =
    sum && quote && isWhole ? { ...sum, amount: sum.amount + quote.cost.amount } : undefined
  const placing = usePlaceOrder(basket.clear)
  const explained = useExplained(placing.error)
  return (
    <Sides>
      <Stack>
        {basketError && <Failure error={basketError} onRetry={retry} />}
        <Card>
          <Form
            label={t.form}
            submitLabel={total ? t.placeFor(money(total)) : t.place}
            busy={placing.isPending}
            error={explained === undefined ? placing.error : null}
            onSubmit={(values) => {
              setHasty(!quote || !total)
              if (!quote || !total) return
              placing.mutate({
                items: items.map((item) => ({ kind: 'product', ...item })),
                shippingAddress: addressOf(values),
                shipping: { quoteId: quote.id },
                agreedTotal: total,
                paymentMethod: { token: values.text('card') },
              })
            }}
          >
            <h2>{t.address}</h2>
            <AddressFields country={country} onCountry={setCountry} onPostalCode={setPostalCode} />
            <h2>{t.delivery}</h2>
            <DeliveryChoice
              query={quotes}
              hasDestination={hasDestination}
              chosen={quote}
              onChoose={({ method }) => setWay(method)}
            />
            <h2>{t.payment}</h2>
            <Select
              name="card"
              field="paymentMethod.token"
              label={t.card}
              hint={t.cardHint}
              options={cards.map((token) => [token, t.cards(token)])}
            />
            {isHasty && !total && <Notice kind="warn">{t.noTotalYet}</Notice>}
            {explained !== undefined && <Notice kind="bad">{explained}</Notice>}
          </Form>
        </Card>
      </Stack>
      <CheckoutSummary lines={lines} quote={quote} total={total} />
    </Sides>
  )
}

/** The checkout: where the basket goes, how, and how it is paid. */
const CheckoutPage = () => {
  const t = useTexts(checkoutTexts)
  const ofBasket = useTexts(basketTexts)
  const { lines } = useFilledBasket()
  return (
    <Page title={t.title}>
      {lines.length === 0 ? (
        <Empty>
          <p>{ofBasket.empty}</p>
          <ButtonLink to="/">{ofBasket.toShop}</ButtonLink>
        </Empty>
      ) : (
        <SignedIn>{() => <Checkout />}</SignedIn>
      )}
    </Page>
  )
}

export default CheckoutPage
