import { useQuery } from '@tanstack/react-query'
import { useTexts } from '../../i18n/language.tsx'
import { useFormats } from '../../i18n/formats.ts'
import { Loaded } from '../../ui/feedback.tsx'
import { Card, Terms } from '../../ui/layout.tsx'
import { Moment } from '../../ui/time.tsx'
import { SteerWebhook } from './steer-webhook.tsx'
import { WebhookDeliveries } from './webhook-deliveries.tsx'
import { WebhookStatus } from './webhook-status.tsx'
import { webhookQuery } from './webhooks-queries.ts'
import { webhooksTexts } from './webhooks-texts.ts'

/** Interval in which a webhook is read again, in ms. */
const every = 5_000

const momentOf = (at: string | undefined) => at && <Moment at={at} />

/** A webhook with its commands and its deliveries. */
export const WebhookDetails = ({ id }: { readonly id: string }) => {
  const t = useTexts(webhooksTexts)
  const { number } = useFormats()
  const query = useQuery({ ...webhookQuery(id), refetchInterval: every })
  return (
    <Loaded query={query} skeletons={2}>
      {({ webhook }) => (
        <>
          <Card title={webhook.url}>
            <Terms
              of={[
                [t.description, webhook.description],
                [t.status, <WebhookStatus key="status" webhook={webhook} />],
                [t.breaker, webhook.nextTrialAt === undefined ? t.delivering : t.trials],
                [t.next, momentOf(webhook.nextTrialAt)],
                [
                  t.events,
                  webhook.events.map((one) => (one === '*' ? t.everything : one)).join(', '),
                ],
                [t.failures, number(webhook.failuresInARow)],
                [t.givenUp, number(webhook.givenUp)],
                [t.lastSuccess, momentOf(webhook.lastSuccessAt)],
                [t.lastFailure, momentOf(webhook.lastFailureAt)],
                [t.lastError, webhook.lastError],
                [t.previousSecret, momentOf(webhook.previousSecretUntil)],
                [t.created, momentOf(webhook.createdAt)],
                [t.id, <code key="id">{webhook.id}</code>],
              ]}
            />
            <SteerWebhook webhook={webhook} />
          </Card>
          <WebhookDeliveries id={id} />
        </>
      )}
    </Loaded>
  )
}
