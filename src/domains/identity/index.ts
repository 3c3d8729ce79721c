import { module } from '../../serving/module.ts'
import { account, email, username, externalIdentity, session } from './language.ts'

/** The context `identity`. */
export const identity = module({
  name: 'identity',
  about: 'Accounts, signing in, and the keys that tokens are signed with',
  deciders: [account, email, username, externalIdentity, session],
})
