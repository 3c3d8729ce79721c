import { texts } from '../../i18n/language.tsx'

/** Texts of the page of the sockets. */
export const socketsTexts = texts(
  {
    title: 'Sockets',
    about:
      'Agora pushes what changes over Socket.IO, version 4 of its protocol. Connect to a namespace with an access token as auth.token, or with the cookies of a signed-in browser. Each request is acknowledged by {ok: true, …}, or refused by {ok: false, code, message}.',
    document: 'AsyncAPI document',
    http: 'HTTP API',
    namespaces: 'Namespaces',
    requests: 'Requests',
    pushes: 'Pushed messages',
    noRequests: 'Clients send nothing here.',
    noPushes: 'Nothing is pushed here.',
    noFields: 'No fields.',
    field: 'Field',
    type: 'Type',
    meaning: 'Meaning',
    optional: 'optional',
    payloadOf: (name: string) => `Fields of ${name}`,
    answerOf: (name: string) => `Acknowledgement of ${name}`,
  },
  {
    title: 'Sockets',
    about:
      'Agora sendet Änderungen über Socket.IO, Version 4 seines Protokolls. Verbinden Sie sich mit einem Namespace mit einem Zugriffstoken als auth.token, oder mit den Cookies eines angemeldeten Browsers. Jede Anfrage wird mit {ok: true, …} bestätigt oder mit {ok: false, code, message} abgelehnt.',
    document: 'AsyncAPI-Dokument',
    http: 'HTTP-API',
    namespaces: 'Namespaces',
    requests: 'Anfragen',
    pushes: 'Gesendete Nachrichten',
    noRequests: 'Clients senden hier nichts.',
    noPushes: 'Hier wird nichts gesendet.',
    noFields: 'Keine Felder.',
    field: 'Feld',
    type: 'Typ',
    meaning: 'Bedeutung',
    optional: 'freiwillig',
    payloadOf: (name: string) => `Felder von ${name}`,
    answerOf: (name: string) => `Bestätigung von ${name}`,
  },
)
