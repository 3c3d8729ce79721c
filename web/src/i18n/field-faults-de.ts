/**
 * German of the API's faults of fields, by the English: each continues the name of its field. `{1}` and `{2}` stand for any
 * text, `{word}` for one word, `{type}` for types of JSON. The first that fits is taken.
 */
export const faultsDe: Readonly<Record<string, string>> = {
  // Schemas.
  'is not known here; leave it out': 'ist hier nicht bekannt; bitte weglassen',
  'is required': 'ist erforderlich',
  'is not valid': 'ist nicht gültig',
  'is of no known kind': 'ist von keiner bekannten Art',
  'must have no entry twice': 'darf keinen Eintrag doppelt enthalten',
  'must be at least {word}': 'muss mindestens {word} sein',
  'must be at most {word}': 'darf höchstens {word} sein',
  'must be more than {word}': 'muss mehr als {word} sein',
  'must have at most 1 field': 'darf höchstens 1 Feld haben',
  'must have at most {word} fields': 'darf höchstens {word} Felder haben',
  'must be a multiple of {word}': 'muss ein Vielfaches von {word} sein',
  'must have at least 1 character': 'muss mindestens 1 Zeichen haben',
  'must have at least {word} characters': 'muss mindestens {word} Zeichen haben',
  'must have at most 1 character': 'darf höchstens 1 Zeichen haben',
  'must have at most {word} characters': 'darf höchstens {word} Zeichen haben',
  'must have at least 1 entry': 'muss mindestens 1 Eintrag haben',
  'must have at least {word} entries': 'muss mindestens {word} Einträge haben',
  'must have at most 1 entry': 'darf höchstens 1 Eintrag haben',
  'must have at most {word} entries': 'darf höchstens {word} Einträge haben',
  'must be one of {1}': 'muss eines von diesen sein: {1}',
  'must be {type}': 'muss {type} sein',
  'must be a UUID': 'muss eine UUID sein',
  'must be an id': 'muss eine ID sein',
  'must be an e-mail address': 'muss eine E-Mail-Adresse sein',
  'must be a URL': 'muss eine URL sein',
  'must be a moment in ISO 8601, such as {word}, to the millisecond at most':
    'muss ein Zeitpunkt nach ISO 8601 sein, etwa {word}, höchstens auf die Millisekunde genau',
  'must have the format {1}': 'muss das Format {1} haben',
  'must match {1}': 'muss dem Muster {1} entsprechen',

  // Texts, names and codes.
  'must not contain U+0000, or halves of characters':
    'darf weder U+0000 noch halbe Zeichen enthalten',
  'must show something, on one line, and not turn its direction or hide letters':
    'muss sichtbaren Text in einer Zeile enthalten, ohne Zeichen, die die Schreibrichtung ändern oder unsichtbar sind',
  'must show something, and not turn its direction':
    'muss sichtbaren Text enthalten, ohne Zeichen, die die Schreibrichtung ändern',
  'must be of letters without accents, digits and signs (visible ASCII)':
    'darf nur Buchstaben ohne Akzente, Ziffern und Zeichen enthalten (sichtbares ASCII)',
  'must be a web address that begins with https:// or http://':
    'muss eine Webadresse sein, die mit https:// oder http:// beginnt',
  'must be a URL that begins with https://': 'muss eine URL sein, die mit https:// beginnt',
  'must be of letters (a to z), digits, dots, underscores and dashes, and begin with a letter or digit':
    'darf nur aus Buchstaben (a bis z), Ziffern, Punkten, Unter- und Bindestrichen bestehen und muss mit einem Buchstaben oder einer Ziffer beginnen',
  'must have only ASCII letters, digits and signs before the @':
    'darf vor dem @ nur Buchstaben ohne Akzente, Ziffern und Zeichen haben (ASCII)',
  'must be the code of a country in ISO 3166-1, such as DE':
    'muss der Code eines Landes nach ISO 3166-1 sein, etwa DE',
  'must be the code of a currency in ISO 4217, such as EUR':
    'muss der Code einer Währung nach ISO 4217 sein, etwa EUR',
  'must be a token from the payment provider, never the number of a card':
    'muss ein Token des Zahlungsanbieters sein, niemals die Nummer einer Karte',
  'must be a language tag, such as en or pt-BR':
    'muss das Kürzel einer Sprache sein, etwa en oder pt-BR',
  'must be a telephone number in the international form: + and 7 to 15 digits, such as {word}':
    'muss eine Telefonnummer in internationaler Schreibweise sein: + und 7 bis 15 Ziffern, etwa {word}',
  'must be printable characters': 'darf nur druckbare Zeichen enthalten',
  'must be the name of a stream: a category, a dash and an id, of printable characters':
    'muss der Name eines Streams sein: Kategorie, Bindestrich und Kennung aus druckbaren Zeichen',
  'must be a name of lower-case letters, digits and dashes':
    'muss ein Name aus Kleinbuchstaben, Ziffern und Bindestrichen sein',
  'must be the name of a provider': 'muss der Name eines Anbieters sein',
  'must be names of types, separated by commas':
    'muss aus Namen von Arten bestehen, durch Kommas getrennt',
  'must be some of {1}, separated by commas': 'muss aus {1} gewählt sein, durch Kommas getrennt',

  // Times.
  'must be a moment in ISO 8601, such as {word}':
    'muss ein Zeitpunkt nach ISO 8601 sein, etwa {word}',
  'must be a day such as {word}, or a moment such as {word}':
    'muss ein Tag sein, etwa {word}, oder ein Zeitpunkt, etwa {word}',
  'must be a revision, or a moment in ISO 8601, such as {word}':
    'muss eine Revision oder ein Zeitpunkt nach ISO 8601 sein, etwa {word}',
  'must be a position, or a moment in ISO 8601, such as {word}':
    'muss eine Position oder ein Zeitpunkt nach ISO 8601 sein, etwa {word}',
  'must be a time of day, such as 22:00': 'muss eine Uhrzeit sein, etwa 22:00',
  'must be a time zone, such as Europe/Berlin': 'muss eine Zeitzone sein, etwa Europe/Berlin',
  'must be the name of a time zone, such as Europe/Berlin':
    'muss der Name einer Zeitzone sein, etwa Europe/Berlin',
  'must be a name of the time zone database, such as Europe/Berlin':
    'muss ein Name der Zeitzonen-Datenbank sein, etwa Europe/Berlin',
  'must not be before {word}': 'darf nicht vor {word} liegen',
  'must not be less than {word}': 'darf nicht kleiner als {word} sein',
  'must be after {word}': 'muss nach {word} liegen',
  'must be at most 366 days after {word}': 'darf höchstens 366 Tage nach {word} liegen',
  'must be before now': 'muss in der Vergangenheit liegen',
  'must not be in the future': 'darf nicht in der Zukunft liegen',
  'must be of the last {word} days': 'muss in den letzten {word} Tagen liegen',

  // People and accounts.
  'is a name that nobody can have; choose another one':
    'ist ein Name, den niemand haben kann; bitte wählen Sie einen anderen',
  'is taken; choose another one': 'ist vergeben; bitte wählen Sie einen anderen',
  'is taken; use another one': 'ist vergeben; bitte verwenden Sie eine andere',
  'is taken; sign in, or use another one':
    'ist vergeben; bitte melden Sie sich an, oder verwenden Sie eine andere',
  'is one of the first that others would guess; choose another one':
    'ist eines der ersten, die andere erraten würden; bitte wählen Sie ein anderes',
  'must not be your address or your name; choose another one':
    'darf nicht Ihre Adresse oder Ihr Name sein; bitte wählen Sie ein anderes',
  'is not your password': 'ist nicht Ihr Passwort',
  'is no token of ours; take the whole link from the mail':
    'ist nicht von uns; bitte verwenden Sie den ganzen Link aus der E-Mail',
  'is not one of ours': 'ist nicht von uns',
  'must include admin, as this is you': 'muss admin enthalten, da es um Sie selbst geht',
  'must not be true, as this is you': 'geht nicht, da es um Sie selbst geht',
  'must be somebody else than yourself': 'darf nicht Sie selbst sein',
  'must be a path of this site, such as /orders': 'muss ein Pfad dieser Seite sein, etwa /orders',

  // Orders, gigs and stock.
  'is no gig that is offered': 'ist kein Angebot, das bestellt werden kann',
  'takes no orders for now': 'nimmt zurzeit keine Bestellungen an',
  'is no product that is on sale': 'ist kein Produkt, das verkauft wird',
  'must be products, or one gig': 'müssen Produkte sein, oder ein einziges Angebot',
  'must be 1 for a gig': 'muss bei einem Angebot 1 sein',
  'is required for a gig': 'ist bei einem Angebot erforderlich',
  'is for a gig; leave it out': 'gilt nur für Angebote; bitte weglassen',
  'is of a gig; leave it out': 'gehört zu einem Angebot; bitte weglassen',
  'is not for a gig; leave it out': 'gilt nicht für Angebote; bitte weglassen',
  'is for products; leave it out for a gig': 'gilt für Produkte; bei einem Angebot bitte weglassen',
  'must be a package of the gig: {1}': 'muss ein Paket des Angebots sein: {1}',
  'must have different names': 'müssen verschiedene Namen haben',
  'must have prices in one currency': 'müssen Preise in derselben Währung haben',
  'is required with a quote of its delivery': 'ist zu einem Lieferangebot erforderlich',
  'must be the id of a quote': 'muss die Kennung eines Lieferangebots sein',
  'must be the id of a quote for these items and this address':
    'muss die Kennung eines Lieferangebots für diese Artikel und diese Adresse sein',
  'must be the method of a quote, such as standard':
    'muss die Versandart eines Lieferangebots sein, etwa standard',
  'has expired; ask for quotes again':
    'ist abgelaufen; bitte fragen Sie die Lieferkosten noch einmal ab',
  'is outdated, as the cost has changed; ask for quotes again':
    'ist überholt, da sich die Kosten geändert haben; bitte fragen Sie die Lieferkosten noch einmal ab',
  'is needed: both parties read why their order is cancelled':
    'ist nötig: beide Seiten lesen, warum ihre Bestellung storniert wird',
  'must be what the order costs: {1}, that is {2} in minor units':
    'muss der Preis der Bestellung sein: {1}, also {2} in der kleinsten Einheit',
  'cannot be sent together with quantity; send one of them':
    'geht nicht zusammen mit quantity; bitte nur eines von beiden angeben',
  'is required; or send delta instead': 'ist erforderlich; oder stattdessen delta angeben',

  // Reviews.
  'is needed: gigs and people are reviewed by the parties of an order':
    'ist nötig: Angebote und Personen werden von den Beteiligten einer Bestellung bewertet',
  'must be of an order of this product': 'muss zu einer Bestellung dieses Produkts gehören',
  'must be of an order of this gig': 'muss zu einer Bestellung dieses Angebots gehören',
  'must be the other party of the order': 'muss die andere Seite der Bestellung sein',

  // Posts and files.
  'is needed, unless the post has files': 'ist nötig, wenn der Beitrag keine Dateien hat',
  'must be of a comment of this post': 'muss zu einem Kommentar dieses Beitrags gehören',
  'must not be of an answer: answers have none of their own':
    'darf nicht zu einer Antwort gehören: Antworten haben keine eigenen Antworten',
  'must be the address of a file that was uploaded here':
    'muss die Adresse einer Datei sein, die hier hochgeladen wurde',
  'must not exceed {word} files together with mediaIds':
    'darf zusammen mit mediaIds nicht mehr als {word} Dateien enthalten',
  'is no file of this user; upload it first':
    'ist keine Datei dieses Nutzers; bitte laden Sie sie erst hoch',
  'is still being worked on; try again': 'wird noch bearbeitet; bitte versuchen Sie es noch einmal',
  'must be the id of {1}': 'muss die Kennung einer Datei dieser Art sein: {1}',
  'must not be empty': 'darf nicht leer sein',
  'must be a text in UTF-8, or of another type that is accepted':
    'muss ein Text in UTF-8 oder von einer anderen erlaubten Art sein',
  'must be a text without control characters': 'muss ein Text ohne Steuerzeichen sein',
  'must be a picture alone, without markup of a page in it':
    'muss ein reines Bild sein, ohne die Auszeichnung einer Seite darin',
  'must be a picture (JPEG, PNG, WebP, GIF, AVIF), a video (MP4, WebM), a PDF or a plain text by its content':
    'muss dem Inhalt nach ein Bild (JPEG, PNG, WebP, GIF, AVIF), ein Video (MP4, WebM), ein PDF oder reiner Text sein',
  'must be a whole picture; its header has no width and height':
    'muss ein ganzes Bild sein; seine Breite und Höhe fehlen',
  'must have at most {word} bytes, as {1}': 'darf höchstens {word} Bytes haben ({1})',
  'must be {1}, as it was announced; it is {2}':
    'muss {1} sein, wie angekündigt; angekommen ist {2}',
  'must be at most {word} bytes for {1}': 'darf höchstens {word} Bytes sein ({1})',
  'must have at most {word} pixels, not {1}': 'darf höchstens {word} Pixel haben, nicht {1}',
  'must fit into the {word} bytes of your files':
    'muss in die {word} Bytes für Ihre Dateien passen',
  'must wait: {word} pictures of yours are still being worked on':
    'muss warten: {word} Ihrer Bilder werden noch bearbeitet',
  'must be a file, with a file name': 'muss eine Datei mit einem Dateinamen sein',
  'must be a file; there is none': 'muss eine Datei sein; es gibt keine',
  'must occur at most {word} times': 'darf höchstens {word}-mal vorkommen',
  'is not known here; send files as {word}':
    'ist hier nicht bekannt; bitte Dateien als {word} senden',
  'must begin before byte {word}': 'muss vor Byte {word} beginnen',

  // Notifications.
  'and endpoint exclude each other': 'und endpoint schließen einander aus',
  'and template exclude each other': 'und template schließen einander aus',
  'is for browsers only': 'gilt nur für Browser',
  'is for telephones only': 'gilt nur für Telefone',
  'is missing for this template': 'fehlt für diese Vorlage',
  'is missing': 'fehlt',
  'is missing; send it, or a template': 'fehlt; bitte angeben, oder eine Vorlage',
  'is missing; send it, or the id': 'fehlt; bitte angeben, oder die Kennung',
  'is not the one that was sent last, or was sent too long ago':
    'ist nicht der zuletzt gesendete, oder wurde vor zu langer Zeit gesendet',
  'must be {word} bytes, base64url': 'muss {word} Bytes in base64url sein',
  'must be a public key (P-256)': 'muss ein öffentlicher Schlüssel sein (P-256)',
  'must be the URL of a push service': 'muss die URL eines Push-Dienstes sein',

  // The desk.
  'is of use with cron only': 'gilt nur zusammen mit cron',
  'is required, or else cron or everyMs': 'ist erforderlich, oder stattdessen cron oder everyMs',
  'must be left out beside {word}': 'bitte weglassen, wenn {word} angegeben ist',
  'must be a cron expression of five fields, or six with seconds first':
    'muss ein Cron-Ausdruck aus fünf Feldern sein, oder aus sechs mit den Sekunden zuerst',
  'must be the name of a type of jobs; GET /jobs/types lists them':
    'muss der Name einer Art von Aufgaben sein; GET /jobs/types führt sie auf',
  'never fires': 'tritt nie ein',
  'must be a dimension of {1}: {2}': 'muss eine Dimension von {1} sein: {2}',
  'is before the first event of the stream': 'liegt vor dem ersten Ereignis des Streams',
  'is beyond the last revision, which is {word}': 'liegt hinter der letzten Revision {word}',
  'is beyond the end of the log, {word}': 'liegt hinter dem Ende des Logs, {word}',
  'is required, or events': 'ist erforderlich, oder events',
  'must not be sent beside one event of its own':
    'darf nicht neben einem einzelnen Ereignis angegeben werden',
  'must have at most {word} characters of JSON': 'darf höchstens {word} Zeichen JSON haben',
  'must have at most {word} levels, and names of letters, digits, spaces, - and _':
    'darf höchstens {word} Ebenen haben, mit Namen aus Buchstaben, Ziffern, Leerzeichen, - und _',
  'is not ready': 'ist nicht bereit',

  // Lists and requests.
  'may be {word} at most with this limit: go on with the cursor':
    'darf mit dieser Grenze höchstens {word} sein: bitte mit dem Cursor weiterlesen',
  'must be the `nextCursor` of an answer to the same query':
    'muss der `nextCursor` einer Antwort auf dieselbe Anfrage sein',
  'must be within the first {word} hits; use the cursor instead':
    'muss unter den ersten {word} Treffern liegen; bitte stattdessen den Cursor verwenden',
  'must be 1 to 255 visible ASCII characters':
    'muss aus 1 bis 255 sichtbaren ASCII-Zeichen bestehen',
  'must be an entity tag from an `ETag` header, such as "3"':
    'muss die Marke aus einem `ETag`-Header sein, etwa "3"',
  'does not match {word}': 'entspricht nicht {word}',

  // Service accounts.
  'must be of small letters (a to z), digits and dashes, and begin with a letter':
    'muss aus Kleinbuchstaben (a bis z), Ziffern und Bindestrichen bestehen und mit einem Buchstaben beginnen',
  'must be an operation for signed-in callers, without secrets, and not of accounts or sign-in; /docs lists them':
    'muss eine Operation für angemeldete Aufrufer sein, ohne Geheimnisse, und nicht von Konten oder Anmeldung; /docs führt sie auf',
  'needs the role {word}, which roles must name':
    'braucht die Rolle {word}, die unter den Rollen stehen muss',

  // Last, as these fit most.
  'must be {word}': 'muss {word} sein',
}
