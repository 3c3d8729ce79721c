import { useQuery } from '@tanstack/react-query'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFallbackInterval } from '../../api/use-live.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, Loaded } from '../../ui/feedback.tsx'
import { Card, List, Muted, Row, Stack } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { alertsKey, alertsQuery, type Alert } from './operations-queries.ts'
import { overviewTexts } from './overview-texts.ts'

const OpenAlert = ({ alert }: { readonly alert: Alert }) => {
  const t = useTexts(overviewTexts)
  const { id, severity, summary, state, raisedAt } = alert
  const acknowledge = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/observability/alerts/{id}/ack', { params: { path: { id } }, ...once })),
    changes: [alertsKey],
  })
  return (
    <li>
      <Stack tight>
        <Row between>
          <Row>
            <Badge kind={severity === 'critical' ? 'bad' : 'warn'}>{t[severity]}</Badge>
            <span>{summary}</span>
            <Muted>
              <Ago at={raisedAt} />
            </Muted>
          </Row>
          {state === 'raised' ? (
            <Button
              small
              busy={acknowledge.isPending}
              aria-label={t.acknowledgeOf(summary)}
              onClick={() => acknowledge.mutate()}
            >
              {t.acknowledge}
            </Button>
          ) : (
            <Badge>{t.acknowledged}</Badge>
          )}
        </Row>
        {acknowledge.error && <Failure error={acknowledge.error} />}
      </Stack>
    </li>
  )
}

/** Alerts that are not resolved; they come and go as they are raised and resolved. */
export const Alerts = () => {
  const t = useTexts(overviewTexts)
  const query = useQuery({ ...alertsQuery, refetchInterval: useFallbackInterval() })
  return (
    <Card title={t.alerts}>
      <div aria-live="polite">
        <Loaded query={query}>
          {({ alerts }) =>
            alerts.length === 0 ? (
              <Muted>{t.noAlerts}</Muted>
            ) : (
              <List label={t.alerts}>
                {alerts.map((alert) => (
                  <OpenAlert key={alert.id} alert={alert} />
                ))}
              </List>
            )
          }
        </Loaded>
      </div>
    </Card>
  )
}
