import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { accountMail } from './jobs/account-mail.ts'
import { destroyKey } from './jobs/destroy-key.ts'
import { expireSessions } from './jobs/expire-sessions.ts'
import { forgetPerson } from './jobs/forget-person.ts'
import { sayGoodbye } from './jobs/goodbye.ts'
import { account, email, username, externalIdentity, session } from './language.ts'

/** The context `identity`. */
export const identity = module({
  name: 'identity',
  about: 'Accounts, signing in, and the keys that tokens are signed with',
  deciders: [account, email, username, externalIdentity, session],
  jobs: [accountMail, forgetPerson, sayGoodbye(), destroyKey],
  chores: [expireSessions],
  erase,
})
