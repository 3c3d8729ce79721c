/** How the outcome of a command differs under the rules that are tried. */
export type DifferenceKind =
  /** It led to events, and is refused. */
  | 'refused'
  /** It was refused, and leads to events. */
  | 'accepted'
  /** It leads to other events, or to none, or to some for the first time. */
  | 'otherEvents'
  /** It is refused for another reason. */
  | 'otherReason'
  /** It is not sent: what led to it does not happen, or the saga does not send it. */
  | 'notSent'
  /** It was not sent, and is. */
  | 'sent'

/** One command whose outcome differs. */
export type DifferenceSample = {
  /** Name of the stream, masked where its id is guessable. */
  readonly stream: string
  /** Position of the first event that was recorded for it; of the last one before it where none was. */
  readonly position: string
  /** ISO 8601 in UTC. */
  readonly at: string
  /** Types of the recorded events, or the reason of the refusal. */
  readonly recorded: string
  /** The same under the rules that are tried. */
  readonly changed: string
}

/** Commands whose outcome differs in the same way. */
export type CommandDifference = {
  /** Name of the decider. */
  readonly to: string
  /** Name of the command; types of events in parentheses where the command is not known. */
  readonly command: string
  readonly kind: DifferenceKind
  /** Reason of the new refusal. */
  readonly reason?: string
  /** Whether a changed rule decided it, or it follows from other differences. */
  readonly because: 'rules' | 'consequence'
  readonly count: number
  readonly samples: readonly DifferenceSample[]
}

/** Runs of one saga. */
export type RunDifference = {
  readonly saga: string
  /** Runs that were run again. */
  readonly runs: number
  /** Runs that send other commands. */
  readonly differing: number
  readonly commands: readonly {
    readonly to: string
    readonly command: string
    /** Number of recorded commands that are not sent. */
    readonly notSent: number
    /** Number of commands that were not recorded, and are sent. */
    readonly sent: number
  }[]
}

/** Streams that end otherwise, such as orders. */
export type EndDifference = {
  readonly category: string
  /** Status at the end of the range; `–` for a stream without events. */
  readonly recorded: string
  readonly changed: string
  readonly count: number
  /** Names of streams. */
  readonly samples: readonly string[]
}

/** A sum over the streams that differ, at the end of the range. */
export type SumDifference = {
  readonly name: string
  readonly recorded: number
  readonly changed: number
  /** `changed` less `recorded`. */
  readonly difference: number
}

/** A sum of money, in minor units. */
export type MoneyDifference = SumDifference & { readonly currency: string }

/** Pieces in one stream, such as those of one product. */
export type StockDifference = SumDifference & { readonly stream: string }

/** What rules would have made of a recorded history. */
export type PolicyReport = {
  /** Names of the changed deciders and sagas. */
  readonly deciders: readonly string[]
  readonly sagas: readonly string[]
  readonly range: {
    /** First position that is judged, and last one that is read. */
    readonly from: string
    readonly to: string
    readonly categories?: readonly string[]
  }
  /** Number of events that were read. */
  readonly events: number
  readonly commands: {
    /** Recorded commands that were decided again. */
    readonly decided: number
    /** Those among them with the same outcome. */
    readonly same: number
    /** Commands whose outcome could be told from others only by what the log does not hold. */
    readonly ambiguous: number
    /** Commands that were not decided again, as the installed rules do not lead to their events; by types of events. */
    readonly unknown: readonly {
      readonly to: string
      readonly events: string
      readonly count: number
    }[]
    /** Answers of the outside world to new requests that were assumed. */
    readonly assumed: number
  }
  readonly differences: readonly CommandDifference[]
  readonly runs: readonly RunDifference[]
  readonly ends: readonly EndDifference[]
  readonly money: readonly MoneyDifference[]
  readonly stock: readonly StockDifference[]
  /** Sums of the pieces over all products. */
  readonly pieces: readonly SumDifference[]
  /** Failures of the rules that are tried, the first ones, and their number. */
  readonly problems: readonly string[]
  readonly problemCount: number
  /** What the report cannot say. */
  readonly limits: readonly string[]
}
