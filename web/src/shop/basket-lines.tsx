import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Card, List, Muted, Row, Stack } from '../ui/layout.tsx'
import { Badge } from '../ui/notice.tsx'
import css from './basket-lines.module.css'
import { obstacleOf, priceOf, type FilledLine } from './basket-sums.ts'
import { basketTexts } from './basket-texts.ts'
import { ProductPicture } from './product-picture.tsx'
import type { useBasket } from './use-basket.ts'

type Set = ReturnType<typeof useBasket>['set']

/** Greatest quantity of a line, as an order admits no more. */
const most = 1_000_000

const Stock = ({ line, onSet }: { readonly line: FilledLine; readonly onSet: Set }) => {
  const t = useTexts(basketTexts)
  const { number } = useFormats()
  const { productId, product } = line
  const obstacle = obstacleOf(line)
  if (obstacle === 'gone') return <Badge kind="bad">{t.gone}</Badge>
  if (!product) return null
  const stock = number(product.stock)
  if (obstacle === 'soldOut') return <Badge kind="warn">{t.soldOut}</Badge>
  if (obstacle === undefined) return <Muted>{t.available(stock)}</Muted>
  return (
    <Row>
      <Badge kind="warn">{t.tooMany(stock)}</Badge>
      <Button small onClick={() => onSet(productId, product.stock)}>
        {t.takeRest(stock)}
      </Button>
    </Row>
  )
}

const Quantity = ({
  name,
  line: { productId, quantity },
  onSet,
}: {
  readonly name: string
  readonly line: FilledLine
  readonly onSet: Set
}) => {
  const t = useTexts(basketTexts)
  /** What is being typed, also when it is no quantity yet. */
  const [typed, setTyped] = useState<string>()
  return (
    <input
      className={css.quantity}
      type="number"
      min={1}
      max={most}
      value={typed ?? quantity}
      aria-label={t.quantity(name)}
      onChange={({ currentTarget: { value, valueAsNumber: wanted } }) => {
        setTyped(value)
        if (Number.isInteger(wanted) && wanted >= 1 && wanted <= most) onSet(productId, wanted)
      }}
      onBlur={() => setTyped(undefined)}
    />
  )
}

const Line = ({ line, onSet }: { readonly line: FilledLine; readonly onSet: Set }) => {
  const t = useTexts(basketTexts)
  const { money } = useFormats()
  const toast = useToast()
  const { productId, product, quantity } = line
  const name = product?.name ?? t.goneName
  return (
    <li>
      <Card>
        <div className={css.line}>
          <ProductPicture image={product?.image} />
          <Stack tight>
            {product ? (
              <Link to="/products/$id" params={{ id: productId }}>
                <strong>{name}</strong>
              </Link>
            ) : (
              <strong>{name}</strong>
            )}
            <span aria-live="polite">
              <Stock line={line} onSet={onSet} />
            </span>
            <Row between>
              <Row>
                <Quantity name={name} line={line} onSet={onSet} />
                {product && <Muted>{t.each(money(product.price))}</Muted>}
              </Row>
              {product && <strong>{money(priceOf(product.price, quantity))}</strong>}
            </Row>
            <div>
              <Button
                small
                look="quiet"
                aria-label={t.removeNamed(name)}
                onClick={() => {
                  onSet(productId, 0)
                  toast(t.removed(name))
                }}
              >
                {t.remove}
              </Button>
            </div>
          </Stack>
        </div>
      </Card>
    </li>
  )
}

/** The lines of the basket, whose quantities can be changed. */
export const BasketLines = ({
  lines,
  onSet,
}: {
  readonly lines: readonly FilledLine[]
  readonly onSet: Set
}) => {
  const t = useTexts(basketTexts)
  return (
    <List label={t.lines}>
      {lines.map((line) => (
        <Line key={line.productId} line={line} onSet={onSet} />
      ))}
    </List>
  )
}
