import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand, type Once } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Failure, useToast } from '../../ui/feedback.tsx'
import { Row } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { webhooksKey, type Webhook } from './webhooks-queries.ts'
import { webhooksTexts } from './webhooks-texts.ts'

type Verb = 'pause' | 'resume' | 'test'

const send = async (id: string, verb: Verb, once: Once): Promise<void> => {
  await run(api.POST(`/api/v1/admin/webhooks/{id}/${verb}`, { params: { path: { id } }, ...once }))
}

const Replay = ({ webhook: { id, createdAt } }: { readonly webhook: Webhook }) => {
  const t = useTexts(webhooksTexts)
  const { number } = useFormats()
  const toast = useToast()
  const replay = useCommand({
    send: (_: void, once) =>
      run(
        api.POST('/api/v1/admin/webhooks/{id}/replay', {
          params: { path: { id } },
          body: { since: createdAt },
          ...once,
        }),
      ),
    changes: [webhooksKey],
    onDone: ({ replayed }) => toast(t.replayed(number(replayed))),
  })
  return (
    <>
      <Button busy={replay.isPending} onClick={() => replay.mutate()}>
        {t.replayFailed}
      </Button>
      {replay.error && <Failure error={replay.error} />}
    </>
  )
}

/** Replaces the secret, and shows the new one until the page is left. */
const Rotate = ({ id }: { readonly id: string }) => {
  const t = useTexts(webhooksTexts)
  const [isAsked, setAsked] = useState(false)
  const rotate = useCommand({
    send: (_: void, once) =>
      run(
        api.POST('/api/v1/admin/webhooks/{id}/rotate-secret', {
          params: { path: { id } },
          ...once,
        }),
      ),
    changes: [webhooksKey],
    onDone: () => setAsked(false),
  })
  return (
    <>
      <Button onClick={() => setAsked(true)}>{t.rotate}</Button>
      <Confirm
        title={t.rotateTitle}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={() => rotate.mutate()}
        confirmLabel={t.rotate}
        look="primary"
        busy={rotate.isPending}
        error={rotate.error}
      >
        <p>{t.rotateText}</p>
      </Confirm>
      {rotate.data && (
        <Notice>
          {t.secret}: <code>{rotate.data.secret}</code> {t.secretText}
        </Notice>
      )}
    </>
  )
}

const Remove = ({ id }: { readonly id: string }) => {
  const t = useTexts(webhooksTexts)
  const toast = useToast()
  const navigate = useNavigate()
  const [isAsked, setAsked] = useState(false)
  const remove = useCommand({
    send: (_: void, once) =>
      run(api.DELETE('/api/v1/admin/webhooks/{id}', { params: { path: { id } }, ...once })),
    // Read again by the list: the one that is deleted is not there any more.
    changes: [[...webhooksKey, 'list']],
    onDone: async () => {
      setAsked(false)
      toast(t.removed)
      await navigate({ to: '/desk/webhooks', search: {} })
    },
  })
  return (
    <>
      <Button look="danger" onClick={() => setAsked(true)}>
        {t.remove}
      </Button>
      <Confirm
        title={t.removeTitle}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={t.remove}
        busy={remove.isPending}
        error={remove.error}
      >
        <p>{t.removeText}</p>
      </Confirm>
    </>
  )
}

/** The commands of a webhook. */
export const SteerWebhook = ({ webhook }: { readonly webhook: Webhook }) => {
  const t = useTexts(webhooksTexts)
  const toast = useToast()
  const { id, status, givenUp } = webhook
  const steer = useCommand({
    send: (verb: Verb, once) => send(id, verb, once),
    changes: [webhooksKey],
    onDone: (_, verb) => {
      if (verb === 'test') toast(t.sentTest)
    },
  })
  return (
    <>
      <Row>
        <Button look="primary" busy={steer.isPending} onClick={() => steer.mutate('test')}>
          {t.test}
        </Button>
        <Button
          busy={steer.isPending}
          onClick={() => steer.mutate(status === 'ACTIVE' ? 'pause' : 'resume')}
        >
          {status === 'ACTIVE' ? t.pause : t.resume}
        </Button>
        {givenUp > 0 && <Replay webhook={webhook} />}
        <Rotate id={id} />
        <Remove id={id} />
      </Row>
      {steer.error && <Failure error={steer.error} />}
    </>
  )
}
