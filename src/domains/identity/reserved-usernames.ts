import { normalUsername } from './username.ts'

/**
 * Names that nobody may choose: parts of paths, values that programs confuse with names, roles that users trust, and mail
 * boxes of an organisation (RFC 2142).
 */
const reserved = new Set(
  `me self you all everyone here nobody anonymous guest user users deleted null undefined nil none nan true false
  admin admins administrator root sysadmin system superuser operator owner moderator mod staff team official agora
  support help helpdesk service security billing sales payments refunds shop store
  info contact abuse noc postmaster hostmaster webmaster noreply no-reply no_reply mailer-daemon
  www api app web mail smtp ftp admin-api static assets docs health metrics
  login logout register signup signin search settings account profile feed notifications`.split(
    /\s+/,
  ),
)

/** Returns whether nobody may choose a username. */
export const isReservedUsername = (username: string): boolean =>
  reserved.has(normalUsername(username))
