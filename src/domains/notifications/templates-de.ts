import type { Templates } from './template.ts'

const cancelled = {
  payment_declined: ', weil die Zahlung abgelehnt wurde',
  payment_unavailable: ', weil die Zahlung nicht möglich war',
  payment_timeout: ', weil sie nicht rechtzeitig bezahlt wurde',
  payment_not_captured: ', weil der Betrag nicht eingezogen werden konnte',
  overdue: ', weil sie überfällig war',
  cancelled_by_agreement: ' im Einvernehmen beider Seiten',
  cancelled_by_admin: ' durch Agora',
  other: '',
}

/** German templates of notifications. They name nobody: texts of notifications are not sealed. */
export const german: Templates = {
  welcome: {
    subject: 'Willkommen bei Agora',
    text: 'Ihr Konto ist eröffnet. Sehen Sie sich um, und stellen Sie sich in Ihrem Profil vor.',
  },
  order_confirmed: {
    subject: 'Ihre Bestellung ist bestätigt',
    text: 'Ihre Bestellung ({summary}) ist bestätigt.',
  },
  order_rejected: {
    subject: 'Ihre Bestellung konnte nicht angenommen werden',
    text: 'Ihre Bestellung ({summary}) konnte nicht angenommen werden: {reason}',
    words: {
      reason: {
        out_of_stock: 'Etwas daraus ist ausverkauft. Es wurde nichts abgebucht.',
        payment_unavailable: 'Die Zahlung war nicht möglich. Es wurde nichts abgebucht.',
        payment_declined: 'Die Zahlung wurde abgelehnt. Es wurde nichts abgebucht.',
      },
    },
  },
  order_cancelled: {
    subject: 'Ihre Bestellung wurde storniert',
    text: 'Ihre Bestellung ({summary}) wurde storniert{reason}. Bezahltes wird erstattet.',
    words: { reason: { payment_timeout: ', weil sie nicht rechtzeitig bezahlt wurde', other: '' } },
  },
  order_shipped: {
    subject: 'Ihre Bestellung ist unterwegs',
    text: 'Ihr Paket wurde dem Versanddienst übergeben. Die Sendungsnummer steht bei Ihrer Bestellung.',
  },
  order_delivered: {
    subject: 'Ihre Bestellung ist angekommen',
    text: 'Der Versanddienst hat Ihr Paket zugestellt.',
  },
  order_undelivered: {
    subject: 'Ihr Paket konnte nicht zugestellt werden',
    text: 'Der Versanddienst konnte Ihr Paket nicht zustellen und versucht es noch einmal. Gelingt auch das nicht, kommt es zu uns zurück, und Sie erhalten Ihr Geld zurück.',
  },
  order_refunded: {
    subject: 'Ihre Bestellung ist erstattet',
    text: 'Wir haben {amount} auf die Karte erstattet, mit der Sie bezahlt haben. Bei Ihrer Bank kann das einige Tage dauern. Von dieser Bestellung wird nichts mehr verschickt.',
  },
  'order_refunded.partly': {
    subject: 'Ein Teil Ihrer Bestellung ist erstattet',
    text: 'Wir haben {amount} auf die Karte erstattet, mit der Sie bezahlt haben. Bei Ihrer Bank kann das einige Tage dauern.',
  },
  return_accepted: {
    subject: 'Ihre Rücksendung ist angenommen',
    text: 'Bitte senden Sie uns die Ware zurück. Sie erhalten das Geld, sobald sie angekommen ist.',
  },
  return_declined: {
    subject: 'Ihre Rücksendung wurde nicht angenommen',
    text: 'Wir können diese Ware nicht zurücknehmen.',
  },
  'return_declined.reason': {
    subject: 'Ihre Rücksendung wurde nicht angenommen',
    text: 'Wir können diese Ware nicht zurücknehmen: {reason}',
  },
  return_received: {
    subject: 'Ihre Rücksendung ist angekommen',
    text: 'Die zurückgesandte Ware ist angekommen. Wir erstatten Ihr Geld.',
  },
  'return_received.undelivered': {
    subject: 'Ihr Paket kam zu uns zurück',
    text: 'Der Versanddienst konnte Ihr Paket nicht zustellen. Wir erstatten Ihr Geld.',
  },
  gig_ordered: {
    subject: 'Sie haben einen neuen Auftrag',
    text: 'Jemand hat einen Ihrer Gigs für {price} bestellt. Das Geld ist vorgemerkt, bis die Arbeit abgenommen ist. Liefern Sie bis {dueOn}.',
  },
  gig_delivered: {
    subject: 'Ihr Auftrag ist geliefert',
    text: 'Die Arbeit wurde geliefert. Nehmen Sie sie ab, oder bitten Sie um eine Überarbeitung: ohne Antwort innerhalb von {days} Tagen gilt sie als abgenommen.',
  },
  gig_revision_requested: {
    subject: 'Eine Überarbeitung ist gewünscht',
    text: 'Der Käufer bittet um eine Überarbeitung Ihrer Lieferung. Liefern Sie sie bis {dueOn}.',
  },
  gig_overdue: {
    subject: 'Ihr Auftrag ist überfällig',
    text: 'Die Arbeit wurde nicht rechtzeitig geliefert. Sie können warten oder den Auftrag stornieren; dann wird nichts abgebucht.',
  },
  gig_completed: {
    subject: 'Ihr Auftrag ist abgeschlossen',
    text: 'Die Arbeit ist abgenommen, und {price} wurden für Sie eingezogen.',
  },
  gig_accepted: {
    subject: 'Ihr Auftrag ist abgeschlossen',
    text: 'Es kam keine Antwort; die gelieferte Arbeit gilt als abgenommen, und {price} wurden von Ihrer Karte eingezogen.',
  },
  gig_cancellation_proposed: {
    subject: 'Die andere Seite möchte einen Auftrag stornieren',
    text: 'Die andere Seite eines Auftrags möchte ihn stornieren. Stornieren Sie ihn auch, wenn Sie einverstanden sind; sonst läuft er weiter.',
  },
  gig_cancelled: {
    subject: 'Eine Bestellung eines Gigs ist storniert',
    text: 'Eine Bestellung eines Gigs wurde storniert{reason}. Dafür wird nichts abgebucht.',
    words: { reason: cancelled },
  },
  'review_received.gig': {
    subject: 'Ihr Gig hat eine neue Bewertung',
    text: 'Ihr Gig wurde mit {rating} von 5 bewertet. Sie können auf die Bewertung einmal antworten.',
  },
  'review_received.person': {
    subject: 'Sie haben eine neue Bewertung',
    text: 'Die andere Seite eines Auftrags hat Sie mit {rating} von 5 bewertet. Sie können auf die Bewertung einmal antworten.',
  },
  unread_messages: {
    subject: 'Neue Nachrichten',
    text: 'Sie haben ungelesene Nachrichten in einem Gespräch.',
    several: 'Neue Nachrichten in {count} Gesprächen',
  },
  post_commented: {
    subject: 'Ihr Beitrag hat einen neuen Kommentar',
    text: 'Jemand hat Ihren Beitrag kommentiert.',
    several: '{count} neue Kommentare',
  },
  'mentioned.post': {
    subject: 'Sie wurden erwähnt',
    text: 'Ein Beitrag erwähnt Sie.',
    several: 'Sie wurden {count}-mal erwähnt',
  },
  'mentioned.comment': {
    subject: 'Sie wurden erwähnt',
    text: 'Ein Kommentar erwähnt Sie.',
    several: 'Sie wurden {count}-mal erwähnt',
  },
  follow_requested: {
    subject: 'Jemand möchte Ihnen folgen',
    text: 'Nehmen Sie die Anfrage an, oder lehnen Sie sie ab.',
    several: '{count} Personen möchten Ihnen folgen',
  },
  follow_accepted: {
    subject: 'Ihre Anfrage wurde angenommen',
    text: 'Jemand, den Sie angefragt haben, lässt Sie jetzt folgen.',
  },
  followed: {
    subject: 'Jemand Neues folgt Ihnen',
    text: 'Jemand folgt Ihnen jetzt.',
    several: '{count} Personen folgen Ihnen neu',
  },
  media_rejected: {
    subject: 'Eines Ihrer Bilder wurde abgelehnt',
    text: 'Ein Bild, das Sie hochgeladen haben, kann nicht gezeigt werden: {reason}',
    words: {
      reason: {
        unreadable: 'Es ist nicht als Bild lesbar.',
        too_many_pixels: 'Es hat zu viele Pixel. Laden Sie ein kleineres hoch.',
        not_decodable: 'Es ist beschädigt oder von einer Art, die nicht unterstützt wird.',
      },
    },
  },
  announcement: {
    subject: 'Eine Nachricht von Agora',
    text: '{text}',
    sms: 'Agora: {text}',
  },
  alert_raised: {
    subject: 'Alarm: {name}',
    text: '{detail}',
    sms: 'Agora: {name}. {detail}',
  },
}
