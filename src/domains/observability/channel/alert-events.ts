import type { EventOf, RecordedEvent } from '#kernel'
import { alert } from '../language.ts'

type AlertEvent = Extract<EventOf<typeof alert>, { readonly type: 'AlertRaised' | 'AlertResolved' }>

/** Whether an event raised or resolved an alert; the log has validated it by its schema. */
export const isAlertEvent = (event: RecordedEvent): event is RecordedEvent & AlertEvent =>
  (event.type === 'AlertRaised' || event.type === 'AlertResolved') &&
  event.stream.startsWith(`${alert.name}-`)
