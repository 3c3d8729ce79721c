import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { accountMail } from './jobs/account-mail.ts'
import { destroyKey } from './jobs/destroy-key.ts'
import { expireSessions, sessionCleanup } from './jobs/expire-sessions.ts'
import { forgetPerson } from './jobs/forget-person.ts'
import { sayGoodbye } from './jobs/goodbye.ts'
import { account, email, username, externalIdentity, serviceAccount, session } from './language.ts'
import { published } from './published.ts'
import { adminUserRoutes } from './routes/admin-users.ts'
import { emailRoutes } from './routes/email-addresses.ts'
import { erasureRoutes } from './routes/erasure.ts'
import { externalLinkRoutes } from './routes/external-links.ts'
import { externalSignInRoutes } from './routes/external-sign-in.ts'
import { jwksRoutes } from './routes/jwks.ts'
import { mailLinkRoutes } from './routes/mail-links.ts'
import { passwordRoutes } from './routes/passwords.ts'
import { registrationRoutes } from './routes/registration.ts'
import { serviceAccountRoutes } from './routes/service-accounts.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { keyRoutes } from './routes/signing-keys.ts'

/** The context `identity`. */
export const identity = module({
  name: 'identity',
  about: 'Accounts, sign-in, and the signing keys of tokens',
  deciders: [account, email, username, externalIdentity, session, serviceAccount],
  published,
  routes: [
    ...registrationRoutes,
    ...sessionRoutes,
    ...passwordRoutes,
    ...emailRoutes,
    ...mailLinkRoutes,
    ...adminUserRoutes,
    ...serviceAccountRoutes,
    ...erasureRoutes,
    ...keyRoutes,
    ...jwksRoutes,
    ...externalLinkRoutes,
    ...externalSignInRoutes,
  ],
  jobs: [accountMail, forgetPerson, sayGoodbye(), destroyKey],
  chores: [expireSessions],
  workflows: [sessionCleanup],
  erase,
})
