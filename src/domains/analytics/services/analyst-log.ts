import { hideGuessableStreams } from '../../../platform/storage/event-log/hide-guessable-streams.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'

/** The log as analysts read it: streams that are named for people are not found by a guess. */
export const analystLog = oncePerPorts(({ log, catalogue }: Pick<Ports, 'log' | 'catalogue'>) =>
  hideGuessableStreams(log, catalogue),
)
