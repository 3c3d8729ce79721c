import { useFormats, type Money } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Card, List, Row, Terms } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { obstacleOf, priceOf, type FilledLine } from './basket-sums.ts'
import type { Quote } from './checkout-queries.ts'
import { checkoutTexts } from './checkout-texts.ts'

/** What is about to be ordered, and what it costs. @param props.total undefined until it is known */
export const CheckoutSummary = ({
  lines,
  quote,
  total,
}: {
  readonly lines: readonly FilledLine[]
  readonly quote: Quote | undefined
  readonly total: Money | undefined
}) => {
  const t = useTexts(checkoutTexts)
  const { money, number } = useFormats()
  return (
    <Card title={t.summary}>
      <List label={t.products}>
        {lines.map(({ productId, product, quantity }) => (
          <li key={productId}>
            <Row between>
              <span>
                {number(quantity)} × {product?.name ?? '…'}
              </span>
              {product && <span>{money(priceOf(product.price, quantity))}</span>}
            </Row>
          </li>
        ))}
      </List>
      <div aria-live="polite">
        <Terms
          of={[
            [t.delivery, quote && money(quote.cost)],
            [t.total, total && <strong key="total">{money(total)}</strong>],
          ]}
        />
      </div>
      {lines.some((line) => obstacleOf(line) !== undefined) && (
        <Notice kind="warn">{t.obstacles}</Notice>
      )}
      <ButtonLink to="/basket" look="quiet">
        {t.changeBasket}
      </ButtonLink>
    </Card>
  )
}
