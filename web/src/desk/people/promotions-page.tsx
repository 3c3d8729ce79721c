import { useQuery } from '@tanstack/react-query'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty, Loaded, Progress } from '../../ui/feedback.tsx'
import { Card, List, Muted, Row, Stack } from '../../ui/layout.tsx'
import { Badge, Notice } from '../../ui/notice.tsx'
import { useProblemText } from '../../ui/problem-text.ts'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { PromotionForm } from './promotion-form.tsx'
import { promotionsQuery, type Promotion } from './promotion-queries.ts'
import { promotionTexts } from './promotion-texts.ts'

const kinds = { RUNNING: 'info', PAUSED: 'warn', FINISHED: 'good' } as const

const Entry = ({ promotion }: { readonly promotion: Promotion }) => {
  const t = useTexts(promotionTexts)
  const { number } = useFormats()
  const problemText = useProblemText()
  const { id, subject, text, channel, status, recipients, requested, createdAt } = promotion
  const turn = useCommand({
    send: (verb: 'pause' | 'resume', once) => {
      const options = { params: { path: { id } }, ...once }
      return run(
        verb === 'pause'
          ? api.POST('/api/v1/notifications/promotions/{id}/pause', options)
          : api.POST('/api/v1/notifications/promotions/{id}/resume', options),
      )
    },
  })
  const verb = status === 'RUNNING' ? 'pause' : 'resume'
  return (
    <Card>
      <Row between>
        <h3>{subject}</h3>
        <Badge kind={kinds[status]}>{t.statusName(status)}</Badge>
      </Row>
      <p>{text}</p>
      <Muted>
        {t.channelName(channel)}, <Ago at={createdAt} />
      </Muted>
      <Progress
        label={t.progress(number(requested), number(recipients))}
        share={recipients === 0 ? 1 : Math.min(1, requested / recipients)}
      />
      {turn.error && <Notice kind="bad">{problemText(turn.error)}</Notice>}
      {status !== 'FINISHED' && (
        <div>
          <Button busy={turn.isPending} onClick={() => turn.mutate(verb)}>
            {t[verb]}
          </Button>
        </div>
      )}
    </Card>
  )
}

const Sent = () => {
  const t = useTexts(promotionTexts)
  return (
    <Card title={t.list}>
      <Loaded query={useQuery(promotionsQuery)}>
        {({ promotions }) =>
          promotions.length === 0 ? (
            <Empty>
              <p>{t.none}</p>
            </Empty>
          ) : (
            <List label={t.list}>
              {promotions.map((promotion) => (
                <li key={promotion.id}>
                  <Entry promotion={promotion} />
                </li>
              ))}
            </List>
          )
        }
      </Loaded>
    </Card>
  )
}

/** Advertisements to segments of users: what was sent, how far it is, and a new one. */
const PromotionsPage = () => {
  const t = useTexts(promotionTexts)
  return (
    <Desk title={t.title}>
      <Stack>
        <PromotionForm />
        <Sent />
      </Stack>
    </Desk>
  )
}

export default PromotionsPage
