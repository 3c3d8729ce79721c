import type { messageOf } from './message.ts'

/** Printable ASCII. */
const printable = /^[\x20-\x7e]*$/

/** `name@host` or `Name <name@host>`, the name without anything that needs quotes. */
const plainSender = /^(?:[A-Za-z0-9 ]+ <[\x21-\x3b\x3d\x3f-\x7e]+>|[\x21-\x3b\x3d\x3f-\x7e]+)$/

/** A line of text in UTF-8: no control characters, and at most 998 bytes (RFC 5322, 2.1.1) at up to four bytes a character. */
const textLine = /^[^\p{Cc}\p{Cs}]{0,249}$/v

/** Limit of a header line, in characters. */
const longest = 78

/**
 * Composes a message that needs no encoding: ASCII headers, and text in lines that are short enough in UTF-8. Most mails
 * are such messages; composing them here avoids nodemailer's tree of MIME parts.
 * @param message checked by `messageOf`
 * @param date of the message
 * @returns the message with `\n` at the end of lines (RFC 5322); undefined if a part has to be encoded or folded
 */
export const plainMessage = (
  { from, to, subject, text, messageId, headers: further }: ReturnType<typeof messageOf>,
  date: Date,
): string | undefined => {
  const headers = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: ${messageId}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${printable.test(text.replaceAll('\n', '')) ? '7bit' : '8bit'}`,
  ]
  const isPlain =
    further === undefined &&
    plainSender.test(from) &&
    headers.every((line) => line.length <= longest && printable.test(line)) &&
    text.split('\n').every((line) => textLine.test(line)) &&
    // Spaces around a subject would be lost, and `=?` in it would be decoded as an encoded word.
    subject.trim() === subject &&
    !subject.includes('=?')
  return isPlain ? `${headers.join('\n')}\n\n${text}\n` : undefined
}
