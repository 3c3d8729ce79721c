import { accountLinks } from '../../../platform/security/account-links.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'

/** Makes and opens the links of mails about accounts. */
export const linksOf = oncePerPorts(({ keys }: Pick<Ports, 'keys'>) =>
  accountLinks(keys.secretFor('account-links')),
)
