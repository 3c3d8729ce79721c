import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Card, List, Muted, Row, Stack } from '../ui/layout.tsx'
import type { OrderHistory } from './order-queries.ts'
import { orderStepTexts, stepText } from './order-step-texts.ts'
import { stepsOf } from './order-steps.ts'
import { orderTexts } from './order-texts.ts'

/** What happened to an order, step by step, and what followed from it. */
export const HistoryCard = ({ history }: { readonly history: OrderHistory }) => {
  const t = useTexts(orderTexts)
  const words = useTexts(orderStepTexts)
  const { precise } = useFormats()
  return (
    <Card title={t.history}>
      <List label={t.history}>
        {stepsOf(history).map(({ position, at, type, commands }) => {
          const text = stepText(words, type)
          const then = commands.flatMap((command) => stepText(words, command) ?? [])
          return text === undefined ? null : (
            <li key={position}>
              <Stack tight>
                <Row between>
                  <span>{text}</span>
                  <Muted>
                    <time dateTime={at}>{precise(at)}</time>
                  </Muted>
                </Row>
                {then.length > 0 && <Muted>{t.followed(then.join(', '))}</Muted>}
              </Stack>
            </li>
          )
        })}
      </List>
    </Card>
  )
}
