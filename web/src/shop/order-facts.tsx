import { Link } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useLanguage, useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Card, List, Muted, Row, Stack, Terms } from '../ui/layout.tsx'
import { priceOf } from './basket-sums.ts'
import type { Order, Payment, Shipment } from './order-queries.ts'
import { isReviewable } from './order-stages.ts'
import { orderTexts } from './order-texts.ts'

/** The lines of an order, its delivery and its total. */
export const ItemsCard = ({ order }: { readonly order: Order }) => {
  const t = useTexts(orderTexts)
  const { money, number } = useFormats()
  const { items, shipping, total, refunded, status } = order
  const cost = shipping?.cost
  return (
    <Card title={t.items}>
      <List label={t.items}>
        {items.map(({ refId, name, quantity, price, refunded: gone = 0, returned = 0 }, line) => (
          <li key={line}>
            <Stack tight>
              <Row between>
                <span>
                  {t.pieces(number(quantity))}{' '}
                  <Link to="/products/$id" params={{ id: refId }}>
                    {name}
                  </Link>
                </span>
                <span>{money(priceOf(price, quantity))}</span>
              </Row>
              {gone > 0 && <Muted>{t.refundedPieces(number(gone))}</Muted>}
              {returned > 0 && <Muted>{t.returnedPieces(number(returned))}</Muted>}
              {isReviewable(status) && (
                <div>
                  <ButtonLink
                    small
                    look="quiet"
                    to="/products/$id"
                    params={{ id: refId }}
                    hash="reviews"
                  >
                    {t.review(name)}
                  </ButtonLink>
                </div>
              )}
            </Stack>
          </li>
        ))}
      </List>
      <Terms
        of={[
          [t.delivery, cost && cost.amount > 0 ? money(cost) : t.freeDelivery],
          [t.total, <strong key="total">{money(total)}</strong>],
          [t.refunded, refunded && money(refunded)],
        ]}
      />
    </Card>
  )
}

/** What was charged for an order. */
export const PaymentCard = ({ payments }: { readonly payments: readonly Payment[] }) => {
  const t = useTexts(orderTexts)
  const { money } = useFormats()
  return (
    <Card title={t.payment}>
      {payments.length === 0 && <Muted>{t.noPayment}</Muted>}
      {payments.map(({ id, status, amount, refunded, reason }) => (
        <Terms
          key={id}
          of={[
            [t.status, t.paymentStatus(status)],
            [t.amount, money(amount)],
            [t.refunded, refunded && money(refunded)],
            [t.reason, reason && t.reasonOf(reason)],
          ]}
        />
      ))}
    </Card>
  )
}

const Address = ({ address }: { readonly address: NonNullable<Order['shippingAddress']> }) => {
  const { language } = useLanguage()
  const { name, line1, line2, postalCode, city, country } = address
  const lines = [
    name,
    line1,
    line2,
    `${postalCode} ${city}`,
    new Intl.DisplayNames(language, { type: 'region' }).of(country),
  ]
  return lines
    .filter((line) => line !== undefined)
    .map((line, at) => (
      <span key={at}>
        {line}
        <br />
      </span>
    ))
}

/** How an order is delivered, and where the parcel is. */
export const ShipmentCard = ({
  order: { shipping, shippingAddress, status },
  shipments,
}: {
  readonly order: Order
  readonly shipments: readonly Shipment[]
}) => {
  const t = useTexts(orderTexts)
  const isOver = status === 'REJECTED' || status === 'CANCELLED'
  return (
    <Card title={t.shipment}>
      {shipments.length === 0 && !isOver && <Muted>{t.noShipment}</Muted>}
      {shipments.map((one) => (
        <Terms
          key={one.id}
          of={[
            [t.status, t.shipmentStatus(one.status)],
            [t.carrier, `${one.carrier}, ${one.method}`],
            [t.tracking, one.tracking],
          ]}
        />
      ))}
      <Terms
        of={[
          [
            t.carrier,
            shipments.length === 0 && shipping
              ? `${shipping.carrier}, ${shipping.method}`
              : undefined,
          ],
          [t.address, shippingAddress && <Address key="address" address={shippingAddress} />],
        ]}
      />
    </Card>
  )
}
