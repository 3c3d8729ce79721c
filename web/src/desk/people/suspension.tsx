import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, Muted } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useProblemText } from '../../ui/problem-text.ts'
import { nameOf, type Account } from './people-queries.ts'
import { peopleTexts } from './texts.ts'

/** Suspends an account with a reason, or lifts its suspension. */
export const Suspension = ({ account }: { readonly account: Account }) => {
  const t = useTexts(peopleTexts)
  const toast = useToast()
  const problemText = useProblemText()
  const [isOpen, setIsOpen] = useState(false)
  const isSuspended = account.status === 'SUSPENDED'
  const change = useCommand({
    send: (body: { readonly suspended: boolean; readonly reason?: string }, once) =>
      run(
        api.PATCH('/api/v1/admin/users/{id}', {
          params: { path: { id: account.id } },
          body,
          ...once,
        }),
      ),
    onDone: (_, { suspended }) => {
      setIsOpen(false)
      toast(suspended ? t.suspended : t.resumed)
    },
  })
  return (
    <Card title={t.suspension}>
      <Muted>{t.sessionsText}</Muted>
      {isSuspended ? (
        <>
          {change.error && <Notice kind="bad">{problemText(change.error)}</Notice>}
          <div>
            <Button busy={change.isPending} onClick={() => change.mutate({ suspended: false })}>
              {t.resume}
            </Button>
          </div>
        </>
      ) : (
        <div>
          <Button look="danger" onClick={() => setIsOpen(true)}>
            {t.suspend}
          </Button>
        </div>
      )}
      <Dialog
        title={t.suspendTitle(nameOf(account))}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
      >
        <p>{t.suspendText}</p>
        <Form
          busy={change.isPending}
          error={change.error}
          submitLabel={t.suspendNow}
          onSubmit={(values) => change.mutate({ suspended: true, reason: values.text('reason') })}
        >
          <TextField name="reason" label={t.reason} maxLength={200} />
        </Form>
      </Dialog>
    </Card>
  )
}
