import { isRefusal, type CommandOf } from '#kernel'
import type { Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { UserId } from '../../shared/index.ts'
import { device, type DeviceId } from '../language.ts'

/** Changes a device. @throws Problem when that is refused */
export const changeDevice = async (
  { executor }: Pick<Ports, 'executor'>,
  id: DeviceId,
  command: CommandOf<typeof device>,
  origin: Origin,
) => {
  const answer = await executor.execute(device, id, command, origin)
  if (isRefusal(answer)) throw refusalProblem(device, answer)
  return answer
}

/**
 * Returns a device of a user, as it is now or was until it was removed.
 * @throws Problem 404 for an unknown device, 403 for that of somebody else
 */
export const ownDevice = async (
  { executor }: Pick<Ports, 'executor'>,
  id: DeviceId,
  userId: UserId,
) => {
  const { state, revision } = await executor.stateOf(device, id)
  if (state.status === 'none') throw notFound('device')
  if (state.userId !== userId) throw forbidden()
  return { state, revision }
}
