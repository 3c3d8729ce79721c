import { accountLinks } from '../../../platform/security/account-links.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'

/** Creates and verifies the links in mails about accounts. */
export const linksOf = oncePerPorts(({ keys }: Pick<Ports, 'keys'>) =>
  accountLinks(keys.secretFor('account-links')),
)
