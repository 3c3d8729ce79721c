import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { BodyOf } from '../api/client.ts'
import { useSession } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { FileUpload } from '../ui/file-upload.tsx'
import { Form } from '../ui/form.tsx'
import { Muted } from '../ui/layout.tsx'
import { CountedText } from './counted-text.tsx'
import type { Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'

/** Most characters of a post. */
const mostCharacters = 5_000

/** Most pictures of a post. */
const mostPictures = 10

const pictureTypes = 'image/jpeg,image/png,image/webp,image/gif,image/avif'

/** Text and files of a post. */
export type PostBody = Required<Pick<BodyOf<'/api/v1/posts', 'post'>, 'mediaIds'>> & {
  /** Undefined in a post of files alone. */
  readonly content: string | undefined
}

const Readers = () => {
  const t = useTexts(postTexts)
  const { user } = useSession()
  if (!user) return null
  const says = {
    public: t.readersPublic,
    followers: t.readersFollowers,
    private: t.readersPrivate,
  }
  return (
    <Muted>
      {says[user.privacy]} <Link to="/account/privacy">{t.changeReaders}</Link>
    </Muted>
  )
}

/**
 * The fields of a post: its text and its pictures.
 * @param props.post the post that is edited; default: a new one
 * @param props.onSend called with the fields, and with what empties them
 */
export const PostForm = ({
  post,
  busy,
  error,
  submitLabel,
  actions,
  onSend,
}: {
  readonly post?: Post
  readonly busy: boolean
  readonly error: Error | null
  readonly submitLabel: string
  readonly actions?: ReactNode
  readonly onSend: (body: PostBody, empty: () => void) => void
}) => {
  const t = useTexts(postTexts)
  const [mediaIds, setMediaIds] = useState<readonly string[]>(
    () => post?.media.map(({ id }) => id) ?? [],
  )
  const [isUploading, setIsUploading] = useState(false)
  /** Another number empties the fields. */
  const [round, setRound] = useState(0)
  const empty = (): void => {
    setMediaIds([])
    setRound((nth) => nth + 1)
  }
  return (
    <Form
      label={post ? t.editPost : t.write}
      busy={busy || isUploading}
      error={error}
      submitLabel={submitLabel}
      actions={
        <>
          {actions}
          {isUploading && <Muted>{t.uploading}</Muted>}
        </>
      }
      onSubmit={(values) =>
        onSend({ content: values.given('content'), mediaIds: [...mediaIds] }, empty)
      }
    >
      <CountedText
        key={`text ${round}`}
        name="content"
        label={post ? t.editText : t.text}
        most={mostCharacters}
        initial={post?.content ?? ''}
        required={mediaIds.length === 0}
        rows={3}
      />
      <FileUpload
        key={`pictures ${round}`}
        label={t.pictures}
        accept={pictureTypes}
        most={mostPictures}
        given={post?.media.map(({ id }) => id) ?? []}
        onChange={setMediaIds}
        onBusy={setIsUploading}
      />
      {!post && <Readers />}
    </Form>
  )
}
