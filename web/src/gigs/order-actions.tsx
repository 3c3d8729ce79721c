import { useState } from 'react'
import { api, run, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { FileUpload } from '../ui/file-upload.tsx'
import { Form, TextArea } from '../ui/form.tsx'
import { Muted, Row, Stack } from '../ui/layout.tsx'
import type { Order, Rights } from './order-rights.ts'
import { roomTexts } from './order-room-texts.ts'

/** Kinds of files that may be delivered. */
const accept = 'image/*,video/mp4,video/webm,application/pdf,text/plain'

/** Most files of a delivery. */
const mostFiles = 20

const Deliver = ({ id }: { readonly id: string }) => {
  const t = useTexts(roomTexts)
  const [mediaIds, setMediaIds] = useState<readonly string[]>([])
  const [isUploading, setIsUploading] = useState(false)
  const deliver = useCommand({
    send: (body: BodyOf<'/api/v1/orders/{id}/deliver', 'post'>, once) =>
      run(api.POST('/api/v1/orders/{id}/deliver', { params: { path: { id } }, body, ...once })),
  })
  return (
    <Form
      label={t.deliverTitle}
      submitLabel={t.deliver}
      busy={deliver.isPending || isUploading}
      error={deliver.error}
      onSubmit={(values) =>
        deliver.mutate({
          message: values.text('message'),
          ...(mediaIds.length > 0 && { mediaIds: [...mediaIds] }),
        })
      }
    >
      <TextArea name="message" label={t.message} maxLength={10_000} />
      <FileUpload
        label={t.files}
        accept={accept}
        most={mostFiles}
        onChange={setMediaIds}
        onBusy={setIsUploading}
      />
    </Form>
  )
}

const Accept = ({ order: { id, total } }: { readonly order: Order }) => {
  const t = useTexts(roomTexts)
  const { money } = useFormats()
  const [isOpen, setIsOpen] = useState(false)
  const accept = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/orders/{id}/complete', { params: { path: { id } }, ...once })),
    onDone: () => setIsOpen(false),
  })
  return (
    <>
      <Row>
        <Button look="primary" onClick={() => setIsOpen(true)}>
          {t.accept}
        </Button>
      </Row>
      <Confirm
        title={t.acceptTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => accept.mutate()}
        confirmLabel={t.accept}
        look="primary"
        busy={accept.isPending}
        error={accept.error}
      >
        <p>{t.acceptBody(money(total))}</p>
      </Confirm>
    </>
  )
}

const Revision = ({ order: { id, work } }: { readonly order: Order }) => {
  const t = useTexts(roomTexts)
  const [isOpen, setIsOpen] = useState(false)
  const request = useCommand({
    send: (message: string, once) =>
      run(
        api.POST('/api/v1/orders/{id}/revision', {
          params: { path: { id } },
          body: { message },
          ...once,
        }),
      ),
  })
  const left = <Muted>{t.left(work?.revisionsLeft ?? 0)}</Muted>
  if (!isOpen)
    return (
      <Row>
        <Button onClick={() => setIsOpen(true)}>{t.askRevision}</Button>
        {left}
      </Row>
    )
  return (
    <Form
      label={t.askRevision}
      submitLabel={t.askRevision}
      busy={request.isPending}
      error={request.error}
      onSubmit={(values) => request.mutate(values.text('message'))}
      actions={left}
    >
      <TextArea name="message" label={t.wish} maxLength={10_000} />
    </Form>
  )
}

/** What a party may do next for the work itself: deliver, accept, ask for a revision. */
export const OrderActions = ({
  order,
  rights,
}: {
  readonly order: Order
  readonly rights: Rights
}) => {
  const t = useTexts(roomTexts)
  const isOutOfRevisions = rights.accept && !rights.requestRevision
  if (!rights.deliver && !rights.accept) return null
  return (
    <Stack>
      {rights.deliver && <Deliver id={order.id} />}
      {rights.accept && <Accept order={order} />}
      {rights.requestRevision && <Revision order={order} />}
      {isOutOfRevisions && <Muted>{t.noneLeft}</Muted>}
    </Stack>
  )
}
