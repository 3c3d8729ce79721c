/**
 * German of the API's sentences about refused requests, by the English. `{1}` and `{2}` stand for any text, `{word}` for one
 * word. Sentences that something does not exist follow from `thingsDe`.
 */
export const refusalsDe: Readonly<Record<string, string>> = {
  'This cannot be done now.': 'Das geht jetzt nicht.',
  'This belongs to another user.': 'Das gehört einem anderen Nutzer.',

  // Accounts and sessions.
  'This account was registered before, for another address or username.':
    'Dieses Konto wurde schon mit einer anderen Adresse oder einem anderen Benutzernamen eröffnet.',
  'This account was closed.': 'Dieses Konto wurde geschlossen.',
  'This account is suspended; ask whoever runs this Agora.':
    'Dieses Konto ist gesperrt; bitte wenden Sie sich an die Betreiber.',
  'This account is suspended; ask whoever runs this Agora what to do about it.':
    'Dieses Konto ist gesperrt; bitte fragen Sie die Betreiber, was Sie tun können.',
  'This link is too old, was used before, or is from before your password, address or ways to sign in changed; ask for another one.':
    'Dieser Link ist zu alt, wurde schon benutzt, oder Ihr Passwort, Ihre Adresse oder Ihre Anmeldewege haben sich seitdem geändert; bitte fordern Sie einen neuen an.',
  'Your password, your address or your ways to sign in have changed since this was begun; begin again.':
    'Ihr Passwort, Ihre Adresse oder Ihre Anmeldewege haben sich inzwischen geändert; bitte beginnen Sie noch einmal.',
  'This is the only way into your account; set a password first, by a mail from /auth/password/forgot.':
    'Das ist der einzige Weg in Ihr Konto; bitte setzen Sie zuerst per E-Mail ein Passwort.',
  'You have removed this identity from your account; sign in another way, and link it there again.':
    'Sie haben diese Identität von Ihrem Konto entfernt; bitte melden Sie sich anders an, und verknüpfen Sie sie dort neu.',
  'This account has the greatest number of identities; remove one first.':
    'Dieses Konto hat die größtmögliche Zahl von Identitäten; bitte entfernen Sie erst eine.',
  'This is your address already.': 'Das ist schon Ihre Adresse.',
  'Someone else has this one; choose another.':
    'Das ist schon vergeben; bitte wählen Sie etwas anderes.',
  'Somebody has this email already; choose another one.':
    'Diese E-Mail-Adresse ist schon vergeben; bitte wählen Sie eine andere.',
  'Somebody has this email already; use another one.':
    'Diese E-Mail-Adresse ist schon vergeben; bitte verwenden Sie eine andere.',
  'Somebody has this email already; sign in, or use another one.':
    'Zu dieser E-Mail-Adresse gibt es schon ein Konto; bitte melden Sie sich an, oder verwenden Sie eine andere.',
  'Somebody has this username already; choose another one.':
    'Dieser Benutzername ist schon vergeben; bitte wählen Sie einen anderen.',
  'Somebody has this username already; use another one.':
    'Dieser Benutzername ist schon vergeben; bitte verwenden Sie einen anderen.',
  'Somebody has this username already; sign in, or use another one.':
    'Dieser Benutzername ist schon vergeben; bitte melden Sie sich an, oder verwenden Sie einen anderen.',
  'No username is free for you; register with a password.':
    'Für Sie ist kein Benutzername frei; bitte eröffnen Sie ein Konto mit einem Passwort.',
  'E-mail address and password do not belong together; check both.':
    'E-Mail-Adresse und Passwort gehören nicht zusammen; bitte prüfen Sie beide.',
  '{1} is not your password; check it.': 'Das ist nicht Ihr Passwort; bitte prüfen Sie es.',
  'This account has no password yet; ask for one at /auth/password/forgot.':
    'Dieses Konto hat noch kein Passwort; bitte setzen Sie eines per E-Mail.',
  'There is no such service account.': 'Dieses Dienstkonto gibt es nicht.',
  'This service account was revoked; create another one.':
    'Dieses Dienstkonto wurde widerrufen; bitte legen Sie ein neues an.',
  'The secret was rotated by another request meanwhile; look at the account before you rotate it again.':
    'Das Geheimnis wurde inzwischen von anderer Seite ersetzt; bitte sehen Sie sich das Konto an, bevor Sie es noch einmal ersetzen.',
  'There are {word} service accounts already; revoke one first.':
    'Es gibt schon {word} Dienstkonten; bitte widerrufen Sie erst eines.',
  'Id and secret are not those of a service account; check both, and whether it was revoked.':
    'Kennung und Geheimnis gehören zu keinem Dienstkonto; bitte prüfen Sie beide, und ob es widerrufen wurde.',
  'This service account was revoked, or its secret was replaced; get a token by a valid secret.':
    'Dieses Dienstkonto wurde widerrufen, oder sein Geheimnis wurde ersetzt; bitte holen Sie ein Token mit einem gültigen Geheimnis.',
  'This service account has not been granted the operation; an admin can grant it.':
    'Dieses Dienstkonto darf die Operation nicht aufrufen; ein Administrator kann es erlauben.',
  'This session belongs to someone else.': 'Diese Sitzung gehört jemand anderem.',
  'This session has ended; sign in again.':
    'Diese Sitzung ist beendet; bitte melden Sie sich neu an.',
  'This session has not expired yet.': 'Diese Sitzung ist noch nicht abgelaufen.',
  'This refresh token does not belong to this session; sign in again.':
    'Dieses Refresh-Token gehört nicht zu dieser Sitzung; bitte melden Sie sich neu an.',
  'This refresh token was used before, so somebody else may have it: the session was ended. Sign in again.':
    'Dieses Refresh-Token wurde schon benutzt, vielleicht hat es jemand anderes: die Sitzung wurde beendet. Bitte melden Sie sich neu an.',
  'This is no refresh token of ours; sign in again.':
    'Dieses Refresh-Token ist nicht von uns; bitte melden Sie sich neu an.',
  'Send a refresh token, or sign in.': 'Bitte melden Sie sich an.',
  'Send an access token, or a refresh token.': 'Bitte melden Sie sich an.',
  'Send the token as `Authorization: Bearer <token>`.': 'Bitte melden Sie sich neu an.',
  'Sign in, and send the access token with the request.': 'Bitte melden Sie sich an.',
  'The access token has expired; sign in again.':
    'Ihre Anmeldung ist abgelaufen; bitte melden Sie sich neu an.',
  'The access token is not valid; sign in again.':
    'Ihre Anmeldung ist nicht gültig; bitte melden Sie sich neu an.',
  'This access token is not valid.': 'Ihre Anmeldung ist nicht gültig.',
  'x-user-id names nobody who may sign in.': 'x-user-id nennt niemanden, der sich anmelden darf.',
  'You have lost a role since this token was issued; get a new one at /auth/refresh.':
    'Ihnen wurde eine Rolle entzogen; bitte melden Sie sich neu an.',
  'Another site may have sent this. Send the token as `Authorization: Bearer <token>`, or call from a page of this site.':
    'Diese Anfrage kam vielleicht von einer anderen Seite und wurde abgelehnt. Bitte laden Sie diese Seite neu.',
  'It is too long since you signed in, or your ways to sign in have changed since. Sign in once more, and then link the other identity.':
    'Ihre Anmeldung liegt zu lange zurück, oder Ihre Anmeldewege haben sich seitdem geändert. Bitte melden Sie sich neu an, und verknüpfen Sie die andere Identität dann.',
  'This sign-in is too old, was ended before, or began in another browser; begin again.':
    'Diese Anmeldung ist zu alt, wurde schon beendet oder begann in einem anderen Browser; bitte beginnen Sie noch einmal.',
  'The answer of {1} does not belong to this sign-in, or was used before; begin again.':
    'Die Antwort von {1} gehört nicht zu dieser Anmeldung oder wurde schon benutzt; bitte beginnen Sie noch einmal.',
  'The sign-in at {1} was cancelled. Begin again, or sign in with a password.':
    'Die Anmeldung bei {1} wurde abgebrochen. Bitte beginnen Sie noch einmal, oder melden Sie sich mit einem Passwort an.',
  '{1} does not vouch for an e-mail address of yours. Verify it there and try again, or register here with a password.':
    '{1} bürgt nicht für eine E-Mail-Adresse von Ihnen. Bitte bestätigen Sie sie dort, und versuchen Sie es noch einmal, oder eröffnen Sie hier ein Konto mit einem Passwort.',
  'There is an account with your e-mail address, but its owner has not shown yet that the address is theirs. Sign in with its password and follow the link in the mail, or ask for a new password; then sign in by {1} again.':
    'Zu Ihrer E-Mail-Adresse gibt es ein Konto, das die Adresse noch nicht bestätigt hat. Bitte melden Sie sich mit dessen Passwort an und folgen Sie dem Link in der E-Mail, oder fordern Sie ein neues Passwort an; melden Sie sich danach wieder über {1} an.',
  'Somebody signs in to another account with this identity at {1}. Take it off that account first, or choose another one.':
    'Mit dieser Identität bei {1} meldet sich jemand bei einem anderen Konto an. Bitte entfernen Sie sie erst dort, oder wählen Sie eine andere.',
  'You have taken {1} off your account. Sign in another way, and link it there once more.':
    'Sie haben {1} von Ihrem Konto entfernt. Bitte melden Sie sich anders an, und verknüpfen Sie es dort neu.',
  'Somebody is signing in as the same person just now; try again in a moment.':
    'Gerade meldet sich jemand als dieselbe Person an; bitte versuchen Sie es gleich noch einmal.',
  'An admin does not leave; another admin must take the role away first.':
    'Ein Admin kann sein Konto nicht löschen; ein anderer Admin muss ihm zuerst die Rolle entziehen.',
  'You cannot erase yourself; ask another admin to.':
    'Sie können sich nicht selbst löschen; bitten Sie einen anderen Admin darum.',
  'You cannot suspend yourself; ask another admin to.':
    'Sie können sich nicht selbst sperren; bitten Sie einen anderen Admin darum.',
  'You cannot take the role admin from yourself; ask another admin to.':
    'Sie können sich die Rolle admin nicht selbst entziehen; bitten Sie einen anderen Admin darum.',
  'Your role as an admin was revoked meanwhile; nothing was changed.':
    'Ihre Rolle als Admin wurde inzwischen entzogen; es wurde nichts geändert.',
  'Only for people with the role {word}.': 'Nur für Personen mit der Rolle {word}.',
  'Only for processes of Agora itself.': 'Nur für Prozesse von Agora selbst.',
  'Metrics are only for callers from a private network, or with the token METRICS_TOKEN.':
    'Metriken sind nur für Anfragen aus einem privaten Netz oder mit dem Token METRICS_TOKEN.',
  'This process answers only the gateway of Agora; send the request to the gateway.':
    'Dieser Prozess antwortet nur dem Gateway von Agora; bitte richten Sie die Anfrage an das Gateway.',

  // People.
  'The channels of 100 kinds may be chosen; remove one first.':
    'Für höchstens 100 Arten lassen sich Kanäle wählen; bitte entfernen Sie erst eine.',
  'This user has not left.': 'Dieser Nutzer hat sein Konto nicht gelöscht.',
  'Nobody can follow themselves; choose somebody else.':
    'Niemand kann sich selbst folgen; bitte wählen Sie jemand anderen.',
  'There is no such request to follow you.': 'Es gibt keine solche Anfrage, Ihnen zu folgen.',
  'Nobody can block themselves; choose somebody else.':
    'Niemand kann sich selbst blockieren; bitte wählen Sie jemand anderen.',
  'This is not possible between you and this user.':
    'Das ist zwischen Ihnen und diesem Nutzer nicht möglich.',
  'Only those whom this user lets see their profile may see this.':
    'Das sehen nur Personen, denen dieser Nutzer sein Profil zeigt.',
  'Only those whom this user lets see their posts may see these.':
    'Das sehen nur Personen, denen dieser Nutzer seine Beiträge zeigt.',

  // Products, stock and gigs.
  'This product was created before; update it instead.':
    'Dieses Produkt wurde schon angelegt; bitte ändern Sie es stattdessen.',
  'Not that many pieces are available; order fewer, or come back later.':
    'So viele Stücke sind nicht verfügbar; bitte bestellen Sie weniger, oder kommen Sie später wieder.',
  'Orders hold more pieces than would be left; release or ship those first.':
    'Für Bestellungen sind mehr Stücke zurückgelegt, als übrig wären; bitte geben Sie diese erst frei, oder versenden Sie sie.',
  'No more than 1,000,000,000 pieces can be counted.':
    'Mehr als 1.000.000.000 Stücke lassen sich nicht zählen.',
  'Nothing is held for this order.': 'Für diese Bestellung ist nichts zurückgelegt.',
  'This gig was created before; change it instead.':
    'Dieses Angebot wurde schon angelegt; bitte ändern Sie es stattdessen.',
  'The seller of this gig is suspended.': 'Der Verkäufer dieses Angebots ist gesperrt.',
  'This gig is a draft; only a published one can be paused.':
    'Dieses Angebot ist ein Entwurf; nur ein veröffentlichtes kann pausiert werden.',
  'Packages of a gig must have different names.':
    'Die Pakete eines Angebots müssen verschiedene Namen haben.',
  'Packages of a gig must have prices in one currency.':
    'Die Pakete eines Angebots müssen Preise in derselben Währung haben.',
  'This gig takes no orders for now; try again later.':
    'Dieses Angebot nimmt zurzeit keine Bestellungen an; bitte versuchen Sie es später noch einmal.',

  // Orders.
  'An order with this id was placed before; place this one under another id.':
    'Eine Bestellung mit dieser Kennung wurde schon aufgegeben; bitte verwenden Sie eine andere.',
  'items must be products, or one gig; order them one by one.':
    'Eine Bestellung umfasst Produkte oder ein einziges Angebot; bitte bestellen Sie einzeln.',
  'All items of an order, and its delivery, must have prices in the same currency.':
    'Alle Artikel einer Bestellung und ihre Lieferung müssen Preise in derselben Währung haben.',
  'A generation is being built already: wait for it, switch to it, or discard it.':
    'Eine Generation wird schon gebaut: warten Sie auf sie, schalten Sie auf sie um, oder verwerfen Sie sie.',
  'A generation of the index of {1} is being built with a gate already: switch to it, or discard it.':
    'Eine Generation des Index {1} wird schon gebaut und wartet auf ihren Vergleich: schalten Sie auf sie um, oder verwerfen Sie sie.',
  'No generation with a gate is being built.':
    'Es wird keine Generation gebaut, die verglichen wird.',
  'No generation is being built.': 'Es wird keine Generation gebaut.',
  'The stream waits at another event by now: look at it before you skip it.':
    'Der Strom wartet inzwischen an einem anderen Ereignis: sehen Sie es sich an, bevor Sie es überspringen.',
  'There is no such webhook.': 'Diesen Webhook gibt es nicht.',
  'There is no such delivery.': 'Diese Zustellung gibt es nicht.',
  'This delivery ended long ago and was removed; it cannot be replayed any more.':
    'Diese Zustellung ist vor langer Zeit beendet und entfernt worden; sie kann nicht noch einmal verschickt werden.',
  'This delivery has not ended; it is tried again by itself.':
    'Diese Zustellung ist noch nicht beendet; sie wird von selbst noch einmal versucht.',
  'The price of the package has changed; look at the gig again.':
    'Der Preis des Pakets hat sich geändert; sehen Sie sich das Angebot noch einmal an.',
  'A price has changed, so the order costs something else now; look at it again.':
    'Ein Preis hat sich geändert, die Bestellung kostet jetzt etwas anderes; bitte sehen Sie sie noch einmal an.',
  'The order costs more than can be charged at once; split it.':
    'Die Bestellung kostet mehr, als auf einmal bezahlt werden kann; bitte teilen Sie sie auf.',
  'This order was called off; place a new one.':
    'Diese Bestellung wurde storniert; bitte bestellen Sie neu.',
  'This order was rejected; place a new one.':
    'Diese Bestellung wurde abgelehnt; bitte bestellen Sie neu.',
  'This order is paid and being confirmed; wait a moment, then ask for a return.':
    'Diese Bestellung ist bezahlt und wird gerade bestätigt; bitte warten Sie einen Moment, und bitten Sie dann um eine Rücksendung.',
  'A confirmed order cannot be called off; ask for a return instead.':
    'Eine bestätigte Bestellung kann nicht storniert werden; bitten Sie stattdessen um eine Rücksendung.',
  'This order is not paid yet.': 'Diese Bestellung ist noch nicht bezahlt.',
  'This order is not confirmed yet.': 'Diese Bestellung ist noch nicht bestätigt.',
  'This order is not on its way yet.': 'Diese Bestellung ist noch nicht unterwegs.',
  'This order has not arrived yet.': 'Diese Bestellung ist noch nicht angekommen.',
  'This order was refunded; nothing of it is shipped or paid back any more.':
    'Diese Bestellung wurde erstattet; nichts davon wird noch versandt oder zurückgezahlt.',
  'The goods of this order came back; nothing of it is shipped any more.':
    'Die Waren dieser Bestellung sind zurückgekommen; nichts davon wird noch versandt.',
  'All of this order is being refunded; it is not shipped unless that fails.':
    'Diese Bestellung wird ganz erstattet; sie wird nur versandt, wenn das scheitert.',
  'The order has no such line; name one by `line`, counted from 0, or by `refId`.':
    'Die Bestellung hat keine solche Zeile; bitte nennen Sie eine mit `line`, von 0 an gezählt, oder mit `refId`.',
  'Fewer pieces than that are left: ask for what was not refunded or returned yet.':
    'So viele Stücke sind nicht mehr übrig: bitte wählen Sie, was noch nicht erstattet oder zurückgesandt wurde.',
  'Less than that is left of what was paid; refund no more than that.':
    'Von der Zahlung ist weniger übrig; bitte erstatten Sie nicht mehr als das.',
  'The order was paid in another currency; refund in that one.':
    'Die Bestellung wurde in einer anderen Währung bezahlt; bitte erstatten Sie in dieser.',
  'So many returns were asked for that no more are taken; ask the shop.':
    'Es wurde um so viele Rücksendungen gebeten, dass keine weiteren angenommen werden; bitte wenden Sie sich an den Shop.',
  'The order has no such refund.': 'Die Bestellung hat keine solche Erstattung.',
  'The order has no such return.': 'Die Bestellung hat keine solche Rücksendung.',
  'This return was declined; the buyer may ask for another one.':
    'Diese Rücksendung wurde abgelehnt; der Käufer kann um eine andere bitten.',
  'These goods came back already.': 'Diese Waren sind schon zurückgekommen.',
  'An order of a gig has no goods to return.':
    'Zu einem Auftrag gibt es keine Waren, die zurückgesandt werden könnten.',
  'The parties of an order of a gig move it.':
    'Ein Auftrag wird von seinen Beteiligten weitergeführt.',
  'This is an order of products, which the shop ships.':
    'Das ist eine Bestellung von Produkten, die der Shop versendet.',
  'This order belongs to another user.': 'Diese Bestellung gehört einem anderen Nutzer.',
  'This order belongs to somebody else.': 'Diese Bestellung gehört jemand anderem.',
  'This order is {word}; a shipment belongs to a confirmed one.':
    'Diese Bestellung hat den Status {word}; eine Sendung gehört zu einer bestätigten.',

  // Orders of gigs.
  'Nobody orders their own gig.': 'Niemand kann sein eigenes Angebot bestellen.',
  'The money for this order is not secured yet; wait a moment.':
    'Das Geld für diese Bestellung ist noch nicht gesichert; bitte warten Sie einen Moment.',
  'Nothing was delivered that waits for an answer; wait for the delivery.':
    'Es wurde nichts geliefert, das auf eine Antwort wartet; bitte warten Sie die Lieferung ab.',
  'The money for this order is secured, and the work has begun.':
    'Das Geld für diese Bestellung ist gesichert, und die Arbeit hat begonnen.',
  'The work is delivered already; wait for the answer of the buyer.':
    'Die Arbeit ist schon geliefert; bitte warten Sie die Antwort des Käufers ab.',
  'A revision was asked for already; wait for the next delivery.':
    'Um eine Überarbeitung wurde schon gebeten; bitte warten Sie die nächste Lieferung ab.',
  'All revisions of the package are used; accept the work, or ask to cancel.':
    'Alle Überarbeitungen des Pakets sind verbraucht; bitte nehmen Sie die Arbeit an, oder schlagen Sie vor, zu stornieren.',
  'The work is accepted, and the money is being taken; ask an admin for a refund.':
    'Die Arbeit ist angenommen, und das Geld wird gerade eingezogen; bitte wenden Sie sich für eine Erstattung an einen Admin.',
  'This order is completed; ask an admin for a refund.':
    'Diese Bestellung ist abgeschlossen; bitte wenden Sie sich für eine Erstattung an einen Admin.',
  'This order was cancelled; place a new one.':
    'Diese Bestellung wurde storniert; bitte bestellen Sie neu.',
  'The work is not accepted yet.': 'Die Arbeit ist noch nicht angenommen.',
  'Only the money of a completed order can be refunded.':
    'Nur das Geld einer abgeschlossenen Bestellung kann erstattet werden.',
  'All of this order was refunded.': 'Diese Bestellung wurde ganz erstattet.',
  'Only the buyer of the order may do this.': 'Das darf nur der Käufer der Bestellung.',
  'Only the seller of the order may do this.': 'Das darf nur der Verkäufer der Bestellung.',

  // Payments and shipments.
  'Nothing was charged for this order.': 'Für diese Bestellung wurde nichts eingezogen.',
  'This payment was called off or given back; place a new order.':
    'Diese Zahlung wurde abgebrochen oder zurückgezahlt; bitte bestellen Sie neu.',
  'Only money that was taken can be given back.':
    'Nur eingezogenes Geld kann zurückgezahlt werden.',
  'Nothing is to be given back.': 'Es ist nichts zurückzuzahlen.',
  'Less than that is left of what was paid; give back no more than that.':
    'Von der Zahlung ist weniger übrig; bitte zahlen Sie nicht mehr als das zurück.',
  'It was paid in another currency; give it back in that one.':
    'Es wurde in einer anderen Währung bezahlt; bitte zahlen Sie in dieser zurück.',
  'An amount of 0 cannot be held; nothing has to be paid.':
    'Ein Betrag von 0 kann nicht zurückgehalten werden; es ist nichts zu bezahlen.',
  'No money is held for this order.': 'Für diese Bestellung ist kein Geld zurückgehalten.',
  'The money for a gig is held when it is ordered; place a new order.':
    'Das Geld für ein Angebot wird bei der Bestellung zurückgehalten; bitte bestellen Sie neu.',
  'This order is {word}; there is nothing to pay.':
    'Diese Bestellung hat den Status {word}; es ist nichts zu bezahlen.',
  'This parcel is on its way; its method cannot be changed any more.':
    'Dieses Paket ist unterwegs; seine Versandart kann nicht mehr geändert werden.',
  'This parcel was delivered; ask for a return of the order instead.':
    'Dieses Paket wurde zugestellt; bitten Sie stattdessen um eine Rücksendung der Bestellung.',
  'This parcel came back, and its order is refunded.':
    'Dieses Paket ist zurückgekommen, und seine Bestellung wird erstattet.',
  'This shipment was called off, as its order was refunded.':
    'Diese Sendung wurde abgebrochen, da ihre Bestellung erstattet wurde.',

  // Conversations.
  'Nobody can talk to themselves; choose somebody else.':
    'Niemand kann sich selbst schreiben; bitte wählen Sie jemand anderen.',
  'This conversation is between other users.': 'Diese Unterhaltung führen andere Nutzer.',
  'A message needs a text, files, or both.': 'Eine Nachricht braucht Text, Dateien oder beides.',
  'Only its author changes a message.': 'Eine Nachricht kann nur ändern, wer sie geschrieben hat.',
  'A message can be changed for 15 minutes.':
    'Eine Nachricht kann nur 15 Minuten lang geändert werden.',
  'This message was withdrawn.': 'Diese Nachricht wurde zurückgezogen.',

  // Reviews.
  'Nobody may review themselves, or what they sell.':
    'Niemand kann sich selbst bewerten, oder was er verkauft.',
  'You have reviewed this before; change that review instead.':
    'Sie haben das schon bewertet; bitte ändern Sie stattdessen diese Bewertung.',
  'Your review of this was deleted, and cannot be replaced.':
    'Ihre Bewertung wurde gelöscht und kann nicht ersetzt werden.',
  'A review can be changed for 30 days only.':
    'Eine Bewertung kann nur 30 Tage lang geändert werden.',
  'Both sides can read this review now, so it cannot be changed any more.':
    'Beide Seiten können diese Bewertung jetzt lesen, sie lässt sich daher nicht mehr ändern.',
  'Only the reviewed person may answer.': 'Nur die bewertete Person kann antworten.',
  'This review has its answer; there is one only.':
    'Diese Bewertung hat schon eine Antwort; es gibt nur eine.',
  'The other side’s review is open already, so this order can no longer be reviewed.':
    'Die Bewertung der anderen Seite ist schon sichtbar, diese Bestellung kann daher nicht mehr bewertet werden.',
  'This order is not completed yet; review it afterwards.':
    'Diese Bestellung ist noch nicht abgeschlossen; bitte bewerten Sie sie danach.',
  'Only the parties of an order may review it.':
    'Eine Bestellung können nur ihre Beteiligten bewerten.',
  'Only the parties of an order see its reviews.':
    'Die Bewertungen einer Bestellung sehen nur ihre Beteiligten.',

  // Posts and files.
  'A post needs a text, files, or both.': 'Ein Beitrag braucht Text, Dateien oder beides.',
  'Your files take all the space that you have; delete some first.':
    'Ihre Dateien belegen allen Platz, den Sie haben; bitte löschen Sie erst einige.',
  '{word} bytes have arrived instead of {word}.': '{word} Bytes sind angekommen statt {word}.',
  'Other bytes have arrived meanwhile; try again.':
    'Inzwischen sind andere Bytes angekommen; bitte versuchen Sie es noch einmal.',
  'The bytes have not arrived; send them first, then try again.':
    'Die Datei ist nicht angekommen; bitte laden Sie sie erst hoch, und versuchen Sie es dann noch einmal.',
  'The store of files takes none from clients here; send them to POST /media/upload.':
    'Der Dateispeicher nimmt hier keine Dateien entgegen; bitte senden Sie sie an POST /media/upload.',
  'This upload has ended; begin another one.':
    'Dieser Upload ist beendet; bitte beginnen Sie noch einmal.',
  'Only pictures have thumbnails.': 'Nur Bilder haben Vorschaubilder.',
  'Sign in, or use the `url` of an answer.':
    'Bitte melden Sie sich an, oder verwenden Sie die `url` einer Antwort.',
  'This URL has expired, or is not ours; ask for a new one.':
    'Diese URL ist abgelaufen oder nicht von uns; bitte fordern Sie eine neue an.',
  'The picture is still being worked on; try again.':
    'Das Bild wird noch bearbeitet; bitte versuchen Sie es noch einmal.',
  'The file has {word} bytes.': 'Die Datei hat {word} Bytes.',
  'The form cannot be read; its Content-Type needs a boundary.':
    'Das Formular ist nicht lesbar; seinem Content-Type fehlt die Grenze.',
  'The form ends too early, or is no valid form.':
    'Das Formular endet zu früh oder ist nicht gültig.',
  'Send JSON with `Content-Type: application/json`.':
    'Bitte senden Sie JSON mit `Content-Type: application/json`.',
  'Send the files as `Content-Type: multipart/form-data`.':
    'Bitte senden Sie die Dateien mit `Content-Type: multipart/form-data`.',
  'Send the files without `Content-Encoding`.':
    'Bitte senden Sie die Dateien ohne `Content-Encoding`.',

  // Notifications.
  'This promotion has reached everybody.': 'Diese Werbeaktion hat schon alle erreicht.',
  'This notification is for somebody else.': 'Diese Mitteilung ist für jemand anderen.',
  'There are {word} already; remove one first.':
    'Es gibt schon {word}; bitte entfernen Sie erst eines.',

  // Analysts.
  'This replay was stopped; start another one.':
    'Diese Wiedergabe wurde beendet; bitte starten Sie eine neue.',
  'This replay was started by another user.': 'Diese Wiedergabe hat ein anderer Nutzer gestartet.',
  'This socket plays this replay already.': 'Diese Verbindung spielt diese Wiedergabe schon ab.',
  'A socket may have {word} replays at once; end one first.':
    'Eine Verbindung kann {word} Wiedergaben zugleich haben; bitte beenden Sie erst eine.',
  'A socket may have {word} subscriptions at once; end one first.':
    'Eine Verbindung kann {word} Abonnements zugleich haben; bitte beenden Sie erst eines.',
  '{word} is part of the definition of the replay; omit it.':
    '{word} gehört zur Festlegung der Wiedergabe; bitte lassen Sie das weg.',
  'An activity is older than 7 days; it is not tracked any more.':
    'Eine Aktivität ist älter als 7 Tage; sie wird nicht mehr erfasst.',
  'An activity is in the future; correct the clock of the client.':
    'Eine Aktivität liegt in der Zukunft; bitte stellen Sie die Uhr des Geräts.',
  'Nobody reports what another user did; leave userId out.':
    'Niemand meldet, was ein anderer Nutzer getan hat; bitte userId weglassen.',
  'There is no such time zone; use one such as Europe/Berlin.':
    'Diese Zeitzone gibt es nicht; bitte verwenden Sie eine wie Europe/Berlin.',
  'A report needs from and to, or a period.':
    'Ein Bericht braucht Anfang und Ende oder einen Zeitraum.',
  'The end of a report must be after its beginning.':
    'Das Ende eines Berichts muss nach seinem Anfang liegen.',
  'This report is not made yet.': 'Dieser Bericht ist noch nicht erstellt.',
  'Sign in, or use the link of the mail.':
    'Bitte melden Sie sich an, oder verwenden Sie den Link aus der E-Mail.',
  'This link has expired, or is not ours.': 'Dieser Link ist abgelaufen oder nicht von uns.',
  'This metric has no money; leave the currency out.':
    'Bei dieser Kennzahl geht es nicht um Geld; bitte lassen Sie die Währung weg.',
  'There are {word} limits already; remove one that is not needed.':
    'Es gibt schon {word} Grenzwerte; bitte löschen Sie einen, der nicht gebraucht wird.',
  'No decider or saga folds streams of the category {1}; read the events.':
    'Kein Decider und keine Saga faltet Streams der Kategorie {1}; bitte lesen Sie die Ereignisse.',
  'Revision {word} ({1}) cannot be folded with masked data; {2}.':
    'Revision {word} ({1}) lässt sich mit maskierten Daten nicht falten; bitte wählen Sie einen früheren Stand, oder lesen Sie die Ereignisse.',
  'More than {word} events had to be searched; request an earlier position with `at`.':
    'Mehr als {word} Ereignisse wären zu durchsuchen; bitte wählen Sie mit `at` eine frühere Position.',
  'The document has more than {word} events; request an earlier position with `at`.':
    'Das Dokument hat mehr als {word} Ereignisse; bitte wählen Sie mit `at` eine frühere Position.',

  // Jobs and alerts.
  'This job was cancelled; schedule another one.':
    'Diese Aufgabe wurde abgebrochen; bitte planen Sie eine neue.',
  'An earlier run of this job is not over, and its overlap rule is to skip.':
    'Ein früherer Lauf dieser Aufgabe ist nicht beendet, und sich überschneidende Läufe entfallen.',
  'Too many runs of this job are not over.': 'Zu viele Läufe dieser Aufgabe sind nicht beendet.',
  'This alert is resolved; there is nothing to acknowledge.':
    'Dieser Alarm ist beendet; es gibt nichts zu bestätigen.',

  // Requests.
  'The resource was changed concurrently; try again.':
    'Das wurde gleichzeitig geändert; bitte versuchen Sie es noch einmal.',
  'The resource is at revision {word} now; read it again, then decide.':
    'Das wurde inzwischen geändert (Revision {word}); bitte laden Sie es neu, und entscheiden Sie dann.',
  'This cannot be recorded: {1}.': 'Das lässt sich nicht speichern: {1}.',
  'The first request with this Idempotency-Key is still being served; try again in a moment.':
    'Die erste Anfrage läuft noch; bitte versuchen Sie es gleich noch einmal.',
  'This Idempotency-Key was sent with another request; pick a new key.':
    'Dieser Idempotency-Key gehört zu einer anderen Anfrage; bitte laden Sie die Seite neu.',
  'The first request with this idempotencyKey is still being served; try again in a moment.':
    'Die erste Anfrage läuft noch; bitte versuchen Sie es gleich noch einmal.',
  'This idempotencyKey was sent with another request; pick a new key.':
    'Dieser idempotencyKey gehört zu einer anderen Anfrage; bitte laden Sie die Seite neu.',
  'This Idempotency-Key was sent with other files; pick a new key.':
    'Dieser Idempotency-Key gehört zu anderen Dateien; bitte laden Sie die Seite neu.',
  'A request may have at most 1 MiB; split it.':
    'Eine Anfrage darf höchstens 1 MiB groß sein; bitte teilen Sie sie auf.',
  'The body is empty; send JSON, or no Content-Type.':
    'Die Anfrage ist leer; bitte senden Sie JSON oder keinen Content-Type.',
  'The body is not JSON; look for a missing quote or comma.':
    'Die Anfrage ist kein JSON; bitte suchen Sie nach einem fehlenden Anführungszeichen oder Komma.',
  'This request cannot be read.': 'Diese Anfrage ist nicht lesbar.',
  'A path parameter may have at most {word} characters.':
    'Ein Teil der Adresse darf höchstens {word} Zeichen haben.',
  'The path is not validly encoded; look for a stray % sign.':
    'Die Adresse ist nicht gültig kodiert; bitte suchen Sie nach einem einzelnen %-Zeichen.',
  'No route matches this path with {word}; see /docs.':
    'Unter dieser Adresse gibt es nichts für {word}; siehe /docs.',
  'This path has no {word}, only {1}; see /docs.':
    'Diese Adresse hat kein {word}, nur {1}; siehe /docs.',
  'Too many questions; wait some seconds.': 'Zu viele Anfragen; bitte warten Sie einige Sekunden.',
  'Join first: this is passed on to those who have joined.':
    'Bitte nehmen Sie erst teil: das geht nur an Teilnehmende.',
  'This channel has no question {1}.': 'Dieser Kanal kennt die Anfrage {1} nicht.',
  'A socket may subscribe to {word} things; unsubscribe from some first.':
    'Eine Verbindung kann {word} Abonnements haben; bitte beenden Sie erst einige.',
  'An internal error occurred; it was logged.':
    'Ein interner Fehler ist aufgetreten und wurde protokolliert.',
  'A service that Agora depends on is unavailable; try again in a moment.':
    'Ein benötigter Dienst ist gerade nicht erreichbar; bitte versuchen Sie es gleich noch einmal.',
  'The read model has not reached this position yet; try again in a moment.':
    'Der neueste Stand ist noch nicht lesbar; bitte versuchen Sie es gleich noch einmal.',
}

/** German of what may not exist: its gender, and its name in the accusative. */
export const thingsDe: Readonly<Record<string, readonly [gender: 'm' | 'f' | 'n', name: string]>> =
  {
    delivery: ['f', 'Zustellung'],
    webhook: ['m', 'Webhook'],
    account: ['n', 'Konto'],
    activity: ['f', 'Aktivität'],
    alert: ['m', 'Alarm'],
    comment: ['m', 'Kommentar'],
    'consumer group': ['f', 'Verbrauchergruppe'],
    conversation: ['f', 'Unterhaltung'],
    'dead letter': ['m', 'Dead Letter'],
    'dead letter of a bridge': ['m', 'Dead Letter einer Brücke'],
    device: ['n', 'Gerät'],
    document: ['n', 'Dokument'],
    file: ['f', 'Datei'],
    gig: ['n', 'Angebot'],
    instance: ['f', 'Instanz'],
    job: ['f', 'Aufgabe'],
    media: ['f', 'Datei'],
    message: ['f', 'Nachricht'],
    notification: ['f', 'Mitteilung'],
    order: ['f', 'Bestellung'],
    'parked saga': ['f', 'geparkte Saga'],
    payment: ['f', 'Zahlung'],
    'payment provider': ['m', 'Zahlungsanbieter'],
    post: ['m', 'Beitrag'],
    product: ['n', 'Produkt'],
    promotion: ['f', 'Werbeaktion'],
    'provider of identities': ['m', 'Anbieter von Identitäten'],
    'read model': ['n', 'Lesemodell'],
    refund: ['f', 'Erstattung'],
    replay: ['f', 'Wiedergabe'],
    report: ['m', 'Bericht'],
    return: ['f', 'Rücksendung'],
    review: ['f', 'Bewertung'],
    saga: ['f', 'Saga'],
    'search index': ['m', 'Suchindex'],
    'service account': ['n', 'Dienstkonto'],
    'sender of webhooks with a secret': ['m', 'Absender von Webhooks mit einem Geheimnis'],
    service: ['m', 'Dienst'],
    session: ['f', 'Sitzung'],
    shipment: ['f', 'Sendung'],
    stream: ['m', 'Stream'],
    task: ['f', 'Aufgabe'],
    threshold: ['m', 'Grenzwert'],
    trace: ['m', 'Trace'],
    upload: ['m', 'Upload'],
    user: ['m', 'Nutzer'],
    'user who has left': ['m', 'ehemaligen Nutzer'],
  }
