import { useTexts } from '../../i18n/language.tsx'
import { Row } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import type { Webhook } from './webhooks-queries.ts'
import { webhooksTexts } from './webhooks-texts.ts'

const kinds = { ACTIVE: 'good', PAUSED: 'warn', DISABLED: 'bad' } as const

/** The status of a webhook, and whether its breaker lets single attempts through only. */
export const WebhookStatus = ({
  webhook: { status, nextTrialAt },
}: {
  readonly webhook: Webhook
}) => {
  const t = useTexts(webhooksTexts)
  return (
    <Row>
      <Badge kind={kinds[status]}>{t[status]}</Badge>
      {nextTrialAt !== undefined && <Badge kind="warn">{t.trials}</Badge>}
    </Row>
  )
}
