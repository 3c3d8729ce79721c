/** Something that Agora needs is away: a database, a provider. Said to clients as 503; whoever can, tries again. */
export class Unavailable extends Error {
  override name = 'Unavailable'
}
