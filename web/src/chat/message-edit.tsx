import { useEffect, useRef } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Form, TextArea } from '../ui/form.tsx'
import { messagesQuery, type Message } from './chat-queries.ts'
import { mostCharacters } from './composer.tsx'
import css from './message.module.css'
import { chatTexts } from './texts.ts'

/** The text of an own message, to be changed. */
export const MessageEdit = ({
  message: { id, conversationId, text = '' },
  onDone,
}: {
  readonly message: Message
  readonly onDone: () => void
}) => {
  const t = useTexts(chatTexts)
  const c = useTexts(common)
  const frame = useRef<HTMLDivElement>(null)
  // The user has just asked to write here.
  useEffect(() => frame.current?.querySelector('textarea')?.focus(), [])
  const edit = useCommand({
    send: (changed: string, once) =>
      run(
        api.PATCH('/api/v1/chat/messages/{id}', {
          ...once,
          params: { path: { id } },
          body: { text: changed },
        }),
      ),
    changes: [messagesQuery(conversationId).queryKey],
    onDone,
  })
  return (
    <div ref={frame} className={css.edit}>
      <Form
        label={t.edit}
        busy={edit.isPending}
        error={edit.error}
        submitLabel={c.save}
        actions={
          <Button look="quiet" onClick={onDone}>
            {c.cancel}
          </Button>
        }
        onSubmit={(values) => {
          const changed = values.text('text')
          if (changed === text) onDone()
          else if (changed !== '') edit.mutate(changed)
        }}
      >
        <TextArea
          name="text"
          label={t.editLabel}
          defaultValue={text}
          maxLength={mostCharacters}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onDone()
          }}
        />
      </Form>
    </div>
  )
}
