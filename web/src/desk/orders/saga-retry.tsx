import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Muted, Stack, Table } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { orderStoryQuery, previewQuery, type Preview } from './order-queries.ts'
import { ordersTexts } from './texts.ts'

const PreviewOf = ({ preview }: { readonly preview: Preview }) => {
  const t = useTexts(ordersTexts)
  const { number } = useFormats()
  const { commands, events, ended, failure, isWhole, saga } = preview
  return (
    <Stack tight>
      <h3>{saga}</h3>
      <p>{t.previewEvents(number(events))}</p>
      {commands.length === 0 ? (
        <p>{t.previewEmpty}</p>
      ) : (
        <>
          <Table
            caption={t.previewCommands}
            rows={commands}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t.command,
                cell: ({ type, wait }) =>
                  wait === 0 ? type : `${type} (${t.later(`${number(wait / 1_000)} s`)})`,
              },
              {
                head: t.target,
                cell: ({ to, target }) => (
                  <code>
                    {to} {target}
                  </code>
                ),
              },
              { head: t.because2, cell: ({ input }) => input.type },
              { head: t.again, cell: ({ again }) => (again ? t.againYes : '') },
            ]}
          />
          <Muted>{t.previewHint}</Muted>
        </>
      )}
      {ended && <p>{t.previewEnded}</p>}
      {!isWhole && <Notice kind="warn">{t.previewPart}</Notice>}
      {failure && (
        <Notice kind="warn">
          {t.previewFails(failure.type)} <code>{failure.error}</code>
        </Notice>
      )}
    </Stack>
  )
}

const Previews = ({ id }: { readonly id: string }) => (
  <Loaded query={useQuery(previewQuery(id))}>
    {({ previews }) =>
      previews.map((preview) => <PreviewOf key={preview.saga} preview={preview} />)
    }
  </Loaded>
)

/** Retries the parked runs of an id, after a preview of what that would send. */
export const SagaRetry = ({ id }: { readonly id: string }) => {
  const t = useTexts(ordersTexts)
  const toast = useToast()
  const [isOpen, setIsOpen] = useState(false)
  const retry = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/admin/sagas/{id}/retry', { params: { path: { id } }, ...once })),
    // Not the preview: nothing may be parked any more.
    changes: [['desk', 'sagas'], orderStoryQuery(id).queryKey],
    onDone: () => {
      setIsOpen(false)
      toast(t.retried)
    },
  })
  return (
    <>
      <Button look="primary" onClick={() => setIsOpen(true)}>
        {t.retry}
      </Button>
      <Confirm
        title={t.retryTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => retry.mutate()}
        confirmLabel={t.retryNow}
        look="primary"
        busy={retry.isPending}
        error={retry.error}
      >
        <Previews id={id} />
      </Confirm>
    </>
  )
}
