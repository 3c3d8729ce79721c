import { texts } from '../i18n/language.tsx'

/** Texts of the devices that get notifications. */
export const deviceTexts = texts(
  {
    devices: 'Devices for notifications',
    pushOn: 'This browser shows push messages, also while Agora is closed.',
    pushOff: 'This browser shows no push messages.',
    pushTurnOn: 'Turn on',
    pushTurnOff: 'Turn off',
    pushDenied:
      'Your browser does not let Agora show notifications. Allow them in the settings of this site, and try again.',
    pushUnsupported: 'This browser cannot show push messages.',
    browserAt: (host: string) => `Browser (${host})`,
    unconfirmed: 'not confirmed',
    remove: 'Remove',
    removeOf: (name: string) => `Remove ${name}`,
    addPhone: 'Telephone for text messages',
    numberHint: 'In the international form, such as +44 20 7946 0958.',
    sendCode: 'Send a code',
    codeSent: (number: string) => `A code is on its way to ${number}.`,
    code: 'Code',
    codeHint: 'The six digits of the text message; they are valid for 15 minutes.',
    confirm: 'Confirm the telephone',
    phoneConfirmed: 'The telephone is confirmed.',
  },
  {
    devices: 'Geräte für Mitteilungen',
    pushOn: 'Dieser Browser zeigt Push-Nachrichten, auch wenn Agora geschlossen ist.',
    pushOff: 'Dieser Browser zeigt keine Push-Nachrichten.',
    pushTurnOn: 'Einschalten',
    pushTurnOff: 'Ausschalten',
    pushDenied:
      'Ihr Browser lässt Agora keine Mitteilungen zeigen. Erlauben Sie sie in den Einstellungen dieser Seite, und versuchen Sie es noch einmal.',
    pushUnsupported: 'Dieser Browser kann keine Push-Nachrichten zeigen.',
    browserAt: (host: string) => `Browser (${host})`,
    unconfirmed: 'nicht bestätigt',
    remove: 'Entfernen',
    removeOf: (name: string) => `Entfernen: ${name}`,
    addPhone: 'Telefon für SMS',
    numberHint: 'In internationaler Form, zum Beispiel +49 30 901820.',
    sendCode: 'Code senden',
    codeSent: (number: string) => `Ein Code ist unterwegs an ${number}.`,
    code: 'Code',
    codeHint: 'Die sechs Ziffern aus der SMS; sie gelten 15 Minuten.',
    confirm: 'Telefon bestätigen',
    phoneConfirmed: 'Das Telefon ist bestätigt.',
  },
)
