import { useRef, useState } from 'react'
import { api, run } from '../api/client.ts'
import { upload } from '../api/upload.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Progress } from '../ui/feedback.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { Avatar } from '../ui/media.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { profileTexts } from './profile-texts.ts'

/** The user's picture, which a file replaces as it is chosen. */
export const ProfilePicture = ({ user }: { readonly user: User }) => {
  const t = useTexts(profileTexts)
  const problemText = useProblemText()
  const input = useRef<HTMLInputElement>(null)
  const [share, setShare] = useState<number>()
  const change = useCommand({
    send: async (file: File | null, once) => {
      const uploaded = file && (await upload(file, setShare))
      setShare(undefined)
      const avatarMediaId = uploaded?.media[0]?.id ?? null
      const params = { path: { id: user.userId } }
      return run(api.PATCH('/api/v1/users/{id}', { ...once, params, body: { avatarMediaId } }))
    },
  })
  const { avatarMediaId: mediaId, name, username } = user
  return (
    <Card title={t.picture}>
      <Row>
        <Avatar name={name ?? username} mediaId={mediaId} large />
        <Button busy={change.isPending} onClick={() => input.current?.click()}>
          {t.choosePicture}
        </Button>
        {mediaId !== undefined && (
          <Button look="quiet" busy={change.isPending} onClick={() => change.mutate(null)}>
            {t.removePicture}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          accept="image/*"
          aria-label={t.pictureFile}
          hidden
          onChange={({ target }) => {
            const file = target.files?.[0]
            // The same file may be chosen again after a failure.
            target.value = ''
            if (file) change.mutate(file)
          }}
        />
      </Row>
      <Muted>{t.pictureHint}</Muted>
      {share !== undefined && <Progress label={t.uploading} share={share} />}
      {change.error && <Notice kind="bad">{problemText(change.error)}</Notice>}
    </Card>
  )
}
