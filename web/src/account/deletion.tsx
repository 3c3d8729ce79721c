import { useState } from 'react'
import { api, run, type DataOf } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { kept } from '../api/private-storage.ts'
import { signedIn } from '../api/signed-in.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card } from '../ui/layout.tsx'
import { dataTexts } from './data-texts.ts'

/** What a deletion leaves to be done. */
export type Deleted = DataOf<'/api/v1/users/{id}', 'delete'>

/** Deletes the account for good, once the username has been typed. */
export const Deletion = ({
  user,
  onDeleted,
}: {
  readonly user: User
  readonly onDeleted: (deleted: Deleted) => void
}) => {
  const t = useTexts(dataTexts)
  const [isAsking, setAsking] = useState(false)
  const remove = useCommand({
    send: (typed: string) => {
      if (typed !== user.username) {
        const errors = [{ field: 'typed', message: t.otherName }]
        throw new ApiProblem(400, { code: 'not_confirmed', errors })
      }
      return run(api.DELETE('/api/v1/users/{id}', { params: { path: { id: user.userId } } }))
    },
    changes: [],
    onDone: (deleted) => {
      onDeleted(deleted)
      kept.forget(user.userId)
      signedIn.end()
    },
  })
  return (
    <Card title={t.deletion}>
      <p>{t.deletionHint}</p>
      <ul>
        <li>{t.lostData}</li>
        <li>{t.unpaidOrders}</li>
        <li>{t.paidOrders}</li>
        <li>{t.freeName}</li>
      </ul>
      <div>
        <Button look="danger" onClick={() => setAsking(true)}>
          {t.deletionStart}
        </Button>
      </div>
      <Dialog title={t.deletionAsk} isOpen={isAsking} onClose={() => setAsking(false)}>
        <Form
          error={remove.error}
          busy={remove.isPending}
          submitLabel={t.deletionConfirm}
          onSubmit={(values) => remove.mutate(values.text('typed'))}
        >
          <TextField
            name="typed"
            label={t.typeName(user.username)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Form>
      </Dialog>
    </Card>
  )
}
