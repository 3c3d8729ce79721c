import { texts } from '../../i18n/language.tsx'

const en = {
  title: 'Promotions',
  list: 'Promotions so far',
  none: 'There are no promotions yet.',
  write: 'New promotion',
  consent: 'It reaches those of the segment who agreed to advertisements, each once.',
  role: 'Role',
  everybody: 'Everybody',
  activeSince: 'Signed in since',
  country: 'With an order to the country',
  countryHint: 'Two letters, such as DE',
  channel: 'Channel',
  subject: 'Subject',
  text: 'Text',
  next: 'Preview …',
  preview: 'Send this promotion?',
  recipients: (count: string) => `Recipients now: ${count}`,
  send: 'Send',
  sent: 'The promotion goes out.',
  progress: (requested: string, recipients: string) => `${requested} of ${recipients} requested`,
  pause: 'Pause',
  resume: 'Resume',
  channelName: (channel: string): string =>
    ({ in_app: 'In the app', email: 'E-mail', push: 'Push', sms: 'Text message' })[channel] ??
    channel,
  statusName: (status: string): string =>
    ({ RUNNING: 'Running', PAUSED: 'Paused', FINISHED: 'Finished' })[status] ?? status,
}

const de: typeof en = {
  title: 'Werbeaktionen',
  list: 'Bisherige Werbeaktionen',
  none: 'Es gibt noch keine Werbeaktionen.',
  write: 'Neue Werbeaktion',
  consent: 'Sie erreicht alle aus dem Kreis, die Werbung zugestimmt haben, je einmal.',
  role: 'Rolle',
  everybody: 'Alle',
  activeSince: 'Angemeldet seit',
  country: 'Mit einer Bestellung in das Land',
  countryHint: 'Zwei Buchstaben, etwa DE',
  channel: 'Kanal',
  subject: 'Betreff',
  text: 'Text',
  next: 'Vorschau …',
  preview: 'Diese Werbeaktion senden?',
  recipients: (count) => `Empfänger zurzeit: ${count}`,
  send: 'Senden',
  sent: 'Die Werbeaktion geht hinaus.',
  progress: (requested, recipients) => `${requested} von ${recipients} beauftragt`,
  pause: 'Anhalten',
  resume: 'Fortsetzen',
  channelName: (channel) =>
    ({ in_app: 'In der App', email: 'E-Mail', push: 'Push', sms: 'SMS' })[channel] ?? channel,
  statusName: (status) =>
    ({ RUNNING: 'Läuft', PAUSED: 'Angehalten', FINISHED: 'Fertig' })[status] ?? status,
}

/** Texts of the desk's page for promotions. */
export const promotionTexts = texts(en, de)
