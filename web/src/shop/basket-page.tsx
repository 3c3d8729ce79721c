import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure } from '../ui/feedback.tsx'
import { Card, Muted, Page, Sides, Stack, Terms } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { BasketLines } from './basket-lines.tsx'
import { obstacleOf, sumsOf, type FilledLine } from './basket-sums.ts'
import { basketTexts } from './basket-texts.ts'
import { useFilledBasket } from './use-filled-basket.ts'

const Summary = ({ lines }: { readonly lines: readonly FilledLine[] }) => {
  const t = useTexts(basketTexts)
  const { money } = useFormats()
  const sums = sumsOf(lines)
  const hasObstacles = lines.some((line) => obstacleOf(line) !== undefined)
  return (
    <Card title={t.summary}>
      <div aria-live="polite">
        <Terms of={[[t.sum, sums.map(money).join(' + ')]]} />
      </div>
      <Muted>{t.delivery}</Muted>
      {hasObstacles && <Notice kind="warn">{t.obstacles}</Notice>}
      {sums.length > 1 && <Notice kind="warn">{t.currencies}</Notice>}
      {sums.length === 1 && !hasObstacles && (
        <ButtonLink to="/checkout" look="primary">
          {t.checkout}
        </ButtonLink>
      )}
    </Card>
  )
}

/** The basket: what is in it, at the prices and stocks of now. */
const BasketPage = () => {
  const t = useTexts(basketTexts)
  const { basket, lines, error, retry } = useFilledBasket()
  return (
    <Page title={t.title}>
      {lines.length === 0 ? (
        <Empty>
          <p>{t.empty}</p>
          <ButtonLink to="/">{t.toShop}</ButtonLink>
        </Empty>
      ) : (
        <Sides>
          <Stack>
            {error && <Failure error={error} onRetry={retry} />}
            <BasketLines lines={lines} onSet={basket.set} />
          </Stack>
          <Summary lines={lines} />
        </Sides>
      )}
    </Page>
  )
}

export default BasketPage
