import { texts } from '../i18n/language.tsx'

/** Texts of uploads, and of the refusals of files that the API has a code for. */
export const fileUploadTexts = texts(
  {
    chooseOne: 'Choose a file',
    choose: 'Choose files',
    orDropOne: 'or drop it here',
    orDrop: (most: number) => `or drop them here, ${most} at most`,
    sending: (name: string) => `Uploading ${name}`,
    checking: (name: string) => `Checking ${name}`,
    done: 'Uploaded',
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,
    cancelNamed: (name: string) => `Cancel ${name}`,
    retryNamed: (name: string) => `Try again: ${name}`,
    tooMany: (most: number, left: number) =>
      `${most} at most: ${left} more ${left === 1 ? 'was' : 'were'} not taken.`,
    given: (nth: number) => `File ${nth}`,
    tooLarge: 'This file is too large.',
    tooManyPixels: 'This picture has too many pixels.',
    wrongKind: 'Files of this kind are not accepted here.',
    noSpace: 'Your space for files is used up. Delete some to upload others.',
    unreadable: 'This picture cannot be read.',
  },
  {
    chooseOne: 'Datei auswählen',
    choose: 'Dateien auswählen',
    orDropOne: 'oder hierher ziehen',
    orDrop: (most: number) => `oder hierher ziehen, höchstens ${most}`,
    sending: (name: string) => `${name} wird hochgeladen`,
    checking: (name: string) => `${name} wird geprüft`,
    done: 'Hochgeladen',
    remove: 'Entfernen',
    removeNamed: (name: string) => `${name} entfernen`,
    cancelNamed: (name: string) => `${name} abbrechen`,
    retryNamed: (name: string) => `Noch einmal versuchen: ${name}`,
    tooMany: (most: number, left: number) =>
      `Höchstens ${most}: ${left} weitere ${left === 1 ? 'wurde' : 'wurden'} nicht übernommen.`,
    given: (nth: number) => `Datei ${nth}`,
    tooLarge: 'Diese Datei ist zu groß.',
    tooManyPixels: 'Dieses Bild hat zu viele Pixel.',
    wrongKind: 'Dateien dieser Art werden hier nicht angenommen.',
    noSpace: 'Ihr Platz für Dateien ist voll. Löschen Sie einige, um andere hochzuladen.',
    unreadable: 'Dieses Bild ist nicht lesbar.',
  },
)
