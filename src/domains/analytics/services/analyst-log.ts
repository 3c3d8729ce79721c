import { hideGuessableStreams } from '../../../platform/storage/event-log/hide-guessable-streams.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'

/** Returns the log for analysts, without streams with guessable ids. */
export const analystLog = oncePerPorts(({ log, catalogue }: Pick<Ports, 'log' | 'catalogue'>) =>
  hideGuessableStreams(log, catalogue),
)
