import { Link } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { BadLink } from './bad-link.tsx'
import { signingInTexts } from './signing-in-texts.ts'
import { useLinkToken } from './use-link-token.ts'

/** Ends advertisements by the link of one, with one click and without a sign-in. */
const UnsubscribePage = () => {
  const t = useTexts(signingInTexts)
  const token = useLinkToken()
  const unsubscribe = useCommand({
    send: (known: string, once) =>
      run(
        api.POST('/api/v1/notifications/unsubscribe', {
          ...once,
          params: { query: { token: known } },
        }),
      ),
  })
  return (
    <Page title={t.unsubscribeTitle} narrow>
      {token === undefined ? (
        <BadLink />
      ) : unsubscribe.isSuccess ? (
        <Notice kind="good">
          <p>{t.unsubscribed}</p>
          <Link to="/account/preferences">{t.toPreferences}</Link>
        </Notice>
      ) : (
        <Card>
          <p>{t.unsubscribeAsk}</p>
          {unsubscribe.error && <BadLink error={unsubscribe.error} />}
          <div>
            <Button
              look="primary"
              busy={unsubscribe.isPending}
              onClick={() => unsubscribe.mutate(token)}
            >
              {t.unsubscribe}
            </Button>
          </div>
        </Card>
      )}
    </Page>
  )
}

export default UnsubscribePage
