import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/language.tsx'
import { Card, Stack } from '../ui/layout.tsx'
import { OpenSessions } from '../ui/open-sessions.tsx'
import { AccountFrame } from './account-frame.tsx'
import { sessionsQuery } from './account-queries.ts'
import { accountTexts } from './account-texts.ts'
import { ChangeEmail } from './change-email.tsx'
import { ChangePassword } from './change-password.tsx'
import { LinkedIdentities } from './linked-identities.tsx'
import { securityTexts } from './security-texts.ts'

const OwnSessions = () => (
  <OpenSessions query={useQuery(sessionsQuery)} queryKey={sessionsQuery.queryKey} />
)

/** Sessions and the ways to sign in. */
const SecurityPage = () => {
  const t = useTexts(accountTexts)
  const security = useTexts(securityTexts)
  return (
    <AccountFrame title={t.security}>
      {(user) => (
        <Stack>
          <OwnSessions />
          {user.signIns.password ? (
            <>
              <ChangePassword user={user} />
              <ChangeEmail user={user} />
            </>
          ) : (
            <Card title={security.password}>
              <p>{security.noPassword}</p>
              <Link to="/forgot">{security.setPassword}</Link>
            </Card>
          )}
          <LinkedIdentities user={user} />
        </Stack>
      )}
    </AccountFrame>
  )
}

export default SecurityPage
