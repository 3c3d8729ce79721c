import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Page } from './layout.tsx'
import { Notice } from './notice.tsx'

/** A page about something that does not exist, or that the user may not see. */
export const Missing = () => {
  const t = useTexts(common)
  return (
    <Page title={t.notFoundTitle} narrow>
      <Notice kind="warn">{t.notFound}</Notice>
    </Page>
  )
}
