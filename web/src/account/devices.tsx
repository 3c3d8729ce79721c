import { useQuery } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Card, List, Muted, Row } from '../ui/layout.tsx'
import { Badge, Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { Ago } from '../ui/time.tsx'
import { devicesQuery, type Device } from './account-queries.ts'
import { deviceTexts } from './device-texts.ts'
import { AddPhone, ConfirmPhone } from './phones.tsx'
import { PushOptIn } from './push-opt-in.tsx'

const DeviceRow = ({ device }: { readonly device: Device }) => {
  const t = useTexts(deviceTexts)
  const problemText = useProblemText()
  const remove = useCommand({
    send: (id: string) =>
      run(api.DELETE('/api/v1/notifications/devices/{id}', { params: { path: { id } } })),
    changes: [devicesQuery.queryKey],
  })
  const { id, kind, number, host, confirmed, createdAt } = device
  const name = (kind === 'phone' ? number : host && t.browserAt(host)) ?? id
  return (
    <li>
      <Row between>
        <span>
          {name} {!confirmed && <Badge kind="warn">{t.unconfirmed}</Badge>}{' '}
          <Muted>
            <Ago at={createdAt} />
          </Muted>
        </span>
        <Button
          small
          busy={remove.isPending}
          aria-label={t.removeOf(name)}
          onClick={() => remove.mutate(id)}
        >
          {t.remove}
        </Button>
      </Row>
      {kind === 'phone' && !confirmed && <ConfirmPhone id={id} />}
      {remove.error && <Notice kind="bad">{problemText(remove.error)}</Notice>}
    </li>
  )
}

/** Browsers that get pushed messages, and telephones that get text messages. */
export const Devices = () => {
  const t = useTexts(deviceTexts)
  const query = useQuery(devicesQuery)
  return (
    <Card title={t.devices}>
      <Loaded query={query}>
        {({ publicKey, devices }) => (
          <>
            <PushOptIn publicKey={publicKey} devices={devices} />
            {devices.length > 0 && (
              <List label={t.devices}>
                {devices.map((device) => (
                  <DeviceRow key={device.id} device={device} />
                ))}
              </List>
            )}
            <AddPhone />
          </>
        )}
      </Loaded>
    </Card>
  )
}
