import { useInfiniteQuery } from '@tanstack/react-query'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, useToast } from '../../ui/feedback.tsx'
import { Card, Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge, type Kind } from '../../ui/notice.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Moment } from '../../ui/time.tsx'
import { deliveriesQuery, webhooksKey, type Delivery } from './webhooks-queries.ts'
import { webhooksTexts } from './webhooks-texts.ts'

/** Interval in which deliveries are read again, in ms. */
const every = 5_000

const kinds: Readonly<Record<Delivery['state'], Kind | 'neutral'>> = {
  SENDING: 'info',
  WAITING: 'warn',
  DELIVERED: 'good',
  FAILED: 'bad',
  CANCELLED: 'neutral',
}

const Replay = ({ delivery }: { readonly delivery: Delivery }) => {
  const t = useTexts(webhooksTexts)
  const toast = useToast()
  const { id: deliveryId, webhookId: id, event, state } = delivery
  const replay = useCommand({
    send: (_: void, once) =>
      run(
        api.POST('/api/v1/admin/webhooks/{id}/deliveries/{deliveryId}/replay', {
          params: { path: { id, deliveryId } },
          ...once,
        }),
      ),
    changes: [webhooksKey],
    onDone: () => toast(t.requestedReplay),
  })
  // What has not ended is tried again by itself.
  if (state === 'SENDING' || state === 'WAITING') return null
  return (
    <>
      <Button
        small
        busy={replay.isPending}
        aria-label={t.replayOf(event)}
        onClick={() => replay.mutate()}
      >
        {t.replay}
      </Button>
      {replay.error && <Failure error={replay.error} />}
    </>
  )
}

const State = ({ delivery: { state, dueAt } }: { readonly delivery: Delivery }) => {
  const t = useTexts(webhooksTexts)
  return (
    <Stack tight>
      <Badge kind={kinds[state]}>{t[state]}</Badge>
      {dueAt !== undefined && (
        <Muted>
          {t.next}: <Moment at={dueAt} />
        </Muted>
      )}
    </Stack>
  )
}

/** The deliveries of a webhook, and their replay. */
export const WebhookDeliveries = ({ id }: { readonly id: string }) => {
  const t = useTexts(webhooksTexts)
  const { number } = useFormats()
  const query = useInfiniteQuery({ ...deliveriesQuery(id), refetchInterval: every })
  return (
    <Card title={t.deliveries}>
      <Paged query={query} rowsOf={(page) => page.deliveries} none={t.noDeliveries}>
        {(deliveries) => (
          <Table
            caption={t.deliveries}
            rows={deliveries}
            keyOf={(delivery) => delivery.id}
            columns={[
              { head: t.event, cell: ({ event }) => event },
              { head: t.state, cell: (delivery) => <State delivery={delivery} /> },
              { head: t.commands, cell: (delivery) => <Replay delivery={delivery} /> },
              { head: t.attempt, isNumber: true, cell: ({ attempt }) => number(attempt) },
              {
                head: t.answer,
                cell: ({ status, error }) => error ?? (status === undefined ? '–' : String(status)),
              },
              { head: t.requested, cell: ({ createdAt }) => <Moment at={createdAt} /> },
            ]}
          />
        )}
      </Paged>
    </Card>
  )
}
