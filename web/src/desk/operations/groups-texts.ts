import { texts } from '../../i18n/language.tsx'

/** Texts of the page of consumer groups. */
export const groupsTexts = texts(
  {
    about:
      'Persistent subscriptions of clients of EventStoreDB: consumers that share the events of a stream, or of all. A message that its consumers cannot handle is parked; the others go on.',
    none: 'No client has created a persistent subscription.',
    title: 'Consumer groups',
    source: 'Stream',
    name: 'Group',
    state: 'Status',
    withParked: 'Messages are parked',
    live: 'Up to date',
    behind: 'Behind',
    idle: 'No consumer',
    unknown: 'Not measured',
    lag: 'Lag',
    consumers: 'Consumers',
    inFlight: 'In flight',
    done: 'Done',
    parked: 'Parked',
    at: 'Measured',
    commands: 'Commands',
    replay: 'Replay',
    of: (verb: string, name: string, source: string) => `${verb}: ${name} (${source})`,
    more: (shown: string, total: string) =>
      `The first ${shown} of ${total} are shown; npx agora groups lists all.`,
    replayed: (messages: string) => `Messages that are delivered again: ${messages}`,
  },
  {
    about:
      'Dauerhafte Abonnements von Clients von EventStoreDB: Verbraucher, die sich die Ereignisse eines Stroms oder aller Ströme teilen. Eine Nachricht, die ihre Verbraucher nicht verarbeiten können, wird geparkt; die anderen gehen weiter.',
    none: 'Kein Client hat ein dauerhaftes Abonnement angelegt.',
    title: 'Verbrauchergruppen',
    source: 'Strom',
    name: 'Gruppe',
    state: 'Status',
    withParked: 'Nachrichten sind geparkt',
    live: 'Auf dem Stand',
    behind: 'Im Rückstand',
    idle: 'Kein Verbraucher',
    unknown: 'Nicht gemessen',
    lag: 'Rückstand',
    consumers: 'Verbraucher',
    inFlight: 'Unterwegs',
    done: 'Erledigt',
    parked: 'Geparkt',
    at: 'Gemessen',
    commands: 'Befehle',
    replay: 'Erneut zustellen',
    of: (verb: string, name: string, source: string) => `${verb}: ${name} (${source})`,
    more: (shown: string, total: string) =>
      `Die ersten ${shown} von ${total} sind zu sehen; npx agora groups nennt alle.`,
    replayed: (messages: string) => `Nachrichten, die erneut zugestellt werden: ${messages}`,
  },
)
