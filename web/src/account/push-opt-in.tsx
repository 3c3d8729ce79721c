import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { devicesQuery, type Device } from './account-queries.ts'
import { deviceTexts } from './device-texts.ts'
import { canPush, subscribe, subscribedEndpoint, unsubscribe } from './push-subscription.ts'

const endpointKey = ['account', 'push-endpoint'] as const

/** Turns pushed messages on and off in this browser. */
export const PushOptIn = ({
  publicKey,
  devices,
}: {
  readonly publicKey: string
  readonly devices: readonly Device[]
}) => {
  const t = useTexts(deviceTexts)
  const problemText = useProblemText()
  const queries = useQueryClient()
  const { data: endpoint } = useQuery({
    queryKey: endpointKey,
    queryFn: async () => (await subscribedEndpoint()) ?? null,
    enabled: canPush(),
  })
  const changes = [endpointKey, devicesQuery.queryKey]
  const turnOn = useCommand({
    send: async (_: void, once) => {
      const subscription = await subscribe(publicKey)
      if (!subscription) return 'denied' as const
      const body = { kind: 'webpush', subscription } as const
      await run(api.POST('/api/v1/notifications/devices', { ...once, body }))
      return 'on' as const
    },
    changes,
  })
  const turnOff = useCommand({
    send: async (known: string) => {
      await run(api.DELETE('/api/v1/notifications/devices', { body: { endpoint: known } }))
      await unsubscribe()
      queries.setQueryData(endpointKey, null)
    },
    changes,
  })
  if (!canPush()) return <p>{t.pushUnsupported}</p>
  const isOn =
    typeof endpoint === 'string' && devices.some(({ host }) => host === new URL(endpoint).host)
  const error = turnOn.error ?? turnOff.error
  return (
    <>
      <Row between>
        <span>{isOn ? t.pushOn : t.pushOff}</span>
        {isOn ? (
          <Button small busy={turnOff.isPending} onClick={() => turnOff.mutate(endpoint)}>
            {t.pushTurnOff}
          </Button>
        ) : (
          <Button small busy={turnOn.isPending} onClick={() => turnOn.mutate()}>
            {t.pushTurnOn}
          </Button>
        )}
      </Row>
      {turnOn.data === 'denied' && <Notice kind="warn">{t.pushDenied}</Notice>}
      {error && <Notice kind="bad">{problemText(error)}</Notice>}
    </>
  )
}
