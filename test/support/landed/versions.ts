/** A version whose data folders are upgraded. */
export type Landed = {
  readonly version: string
  /** Short hash of the commit that wrote its fixture, which is the fixture's name. */
  readonly fixture: string
}

/** All versions with a fixture, the oldest first: each release adds a line, and a fixture by `write.ts`. */
export const landedVersions: readonly Landed[] = [
  { version: '0.1.0', fixture: '53a10ea' },
  { version: '0.2.0', fixture: '7e61b64' },
]
