import { useId, useRef, useState } from 'react'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { useUploads } from '../ui/use-uploads.ts'
import { Attachments } from './attachments.tsx'
import css from './composer.module.css'
import { chatTexts } from './texts.ts'

/** Most characters of a message. */
export const mostCharacters = 4_000

/** Most files of a message, and their kinds. */
const mostFiles = 10
const accept = 'image/*,video/mp4,video/webm,application/pdf,text/plain'
const none: readonly string[] = []

/** What is sent: a text, files, or both. */
export type Written = { readonly text?: string; readonly mediaIds?: readonly string[] }

/**
 * The field for the next message, and its files.
 * @param props.onTyping called with each input
 */
export const Composer = ({
  onSend,
  onTyping,
}: {
  readonly onSend: (written: Written) => void
  readonly onTyping: () => void
}) => {
  const t = useTexts(chatTexts)
  const id = useId()
  const [text, setText] = useState('')
  const chooser = useRef<HTMLInputElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const {
    items: files,
    isBusy,
    add,
    remove,
    clear,
  } = useUploads({ given: none, accept, most: mostFiles })
  const send = (): void => {
    const written = text.trim()
    const mediaIds = files.flatMap(({ mediaId, status }) => (status === 'done' && mediaId) || [])
    if (isBusy || (written === '' && mediaIds.length === 0)) return
    onSend({ ...(written !== '' && { text: written }), ...(mediaIds.length > 0 && { mediaIds }) })
    setText('')
    clear()
    field.current?.focus()
  }
  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Attachments files={files} onRemove={remove} />
      <textarea
        ref={field}
        className={css.field}
        aria-label={t.message}
        aria-describedby={id}
        placeholder={t.message}
        maxLength={mostCharacters}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          if (target.value !== '') onTyping()
        }}
        onKeyDown={(event) => {
          // While an input method composes, the key belongs to it.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <div className={css.actions}>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          accept={accept}
          onChange={({ target }) => {
            add([...(target.files ?? [])])
            target.value = ''
          }}
        />
        <Button disabled={files.length >= mostFiles} onClick={() => chooser.current?.click()}>
          {t.addFiles}
        </Button>
        <span className={css.hint} id={id}>
          {t.hint}
        </span>
        <Button type="submit" look="primary" busy={isBusy}>
          {t.send}
        </Button>
      </div>
    </form>
  )
}
