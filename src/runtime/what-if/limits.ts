/** What is said about a report, beside its figures. */
type Circumstances = {
  readonly categories: readonly string[] | undefined
  /** Whether personal data could be decrypted. */
  readonly isDecrypted: boolean
  /** Number of assumed answers. */
  readonly assumed: number
}

/** Sentences about what a report cannot say. */
export const limitsOf = ({
  categories,
  isDecrypted,
  assumed,
}: Circumstances): readonly string[] => [
  'Refused commands left no event, so that they are not in the log and not tried again, except those of sagas. What people would be allowed for the first time is not counted.',
  'The log does not hold the commands of people, jobs and other programs. Each is derived from its events, and used only if the installed rules lead from it to exactly these events; fields of a command that leave no trace in events are missing.',
  'People and programs are assumed to do what they did: a buyer whose order is refused places no smaller one. Commands whose cause does not happen are not sent.',
  'Only deciders and sagas are run. What handlers of requests check before (prices, permissions, read models) is not, and neither are jobs.',
  'Timers that are due after the end of the range do not fire.',
  ...(assumed > 0
    ? [
        'To requests that were never made, the payment provider is assumed to say yes at once. Other answers from outside, such as those of carriers, are missing: what waits for them stays open.',
      ]
    : []),
  ...(categories
    ? [
        `Only ${categories.join(', ')} ${categories.length === 1 ? 'was' : 'were'} read: what follows elsewhere is missing.`,
      ]
    : []),
  ...(isDecrypted
    ? []
    : [
        'The secret of this Agora is not here (AGORA_SECRET, or the file "secret" in AGORA_DATA): rules were given placeholders for personal data.',
      ]),
]
