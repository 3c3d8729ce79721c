/** What Agora and its peers execute alike: so many callers on so many streams that begin with so many events. */
export const together = { callers: 32, streams: 640, events: 5 } as const
