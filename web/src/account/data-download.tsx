import { useState } from 'react'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Progress } from '../ui/feedback.tsx'
import { Card } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { dataTexts } from './data-texts.ts'
import { ownData } from './own-data.ts'
import { saveFile } from '../ui/save-file.ts'

/** Saves all data of the user as a file. */
export const DataDownload = ({ user: { userId, username } }: { readonly user: User }) => {
  const t = useTexts(dataTexts)
  const problemText = useProblemText()
  const [share, setShare] = useState(0)
  const download = useCommand({
    send: async () => {
      const data = await ownData(userId, setShare)
      saveFile(
        `agora-${username}.json`,
        new Blob([JSON.stringify(data, undefined, 2)], { type: 'application/json' }),
      )
    },
    changes: [],
  })
  return (
    <Card title={t.download}>
      <p>{t.downloadHint}</p>
      <div>
        <Button busy={download.isPending} onClick={() => download.mutate()}>
          {t.downloadStart}
        </Button>
      </div>
      {download.isPending && <Progress label={t.downloading} share={share} />}
      {download.isSuccess && <Notice kind="good">{t.downloaded}</Notice>}
      {download.error && <Notice kind="bad">{problemText(download.error)}</Notice>}
    </Card>
  )
}
