import { invalid } from '../../../serving/problem.ts'

/**
 * The most common passwords of eight characters and more in lists of stolen ones, in lower case; guessing programs try
 * them first.
 */
const commonest = new Set(
  `password password1 password12 password123 password1234 password12345 passw0rd p@ssw0rd p@ssword pa55word passwort
  passport 12345678 123456789 1234567890 12345678910 123123123 12341234 11223344 1122334455 123454321 12344321 87654321
  987654321 9876543210 0987654321 0123456789 147258369 147852369 789456123 159357456 963852741 123654789 321654987
  11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 55555555 66666666 77777777 88888888 99999999
  12121212 10101010 69696969 01234567 12345679 123456780 123456987 1234qwer 123qweasd 123qwe123 qwerty12 qwerty123
  qwerty1234 qwertyui qwertyuiop qwerty123456 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 zaq12wsx zaq1zaq1 q1w2e3r4
  q1w2e3r4t5 asdfghjk asdfghjkl asdf1234 asdfasdf zxcvbnm1 zxcvbnm123 qazwsxedc qweasdzxc qwer1234 abcd1234 abc12345
  abc123456 a1234567 a12345678 a123456789 aa123456 aa12345678 abcdefgh abcdefghi abcdefg1 aaaaaaaa asd123456 q1234567
  iloveyou iloveyou1 iloveyou2 iloveyou12 loveyou1 lovelove football football1 baseball baseball1 basketball softball
  swimming superman superman1 batman123 spiderman starwars startrek pokemon1 princess princess1 sunshine sunshine1
  charlie1 michael1 jennifer jessica1 michelle christine victoria elizabeth alexander alexandra jonathan benjamin
  daniel12 danielle stephanie samantha patricia veronica christian anthony1 brandon1 nicholas nicole12 matthew1 ashley12
  william1 jordan23 liverpool liverpool1 chelsea1 arsenal1 barcelona manchester america1 scotland birthday internet
  computer computer1 samsung1 motorola blink182 metallica slipknot nirvana1 mustang1 mercedes corvette chocolate
  butterfly rainbow1 whatever whatever1 trustno1 letmein1 letmein123 welcome1 welcome12 welcome123 welcome2 changeme
  changeme1 changeme123 changeit default1 administrator admin123 admin1234 admin12345 admin123456 adminadmin root1234
  rootroot toor1234 guest123 test1234 test12345 testtest testing1 testing123 tester123 demo1234 demodemo user1234
  username master12 master123 secret12 secret123 secret1234 login123 access14 shadow12 shadow123 monkey12 monkey123
  dragon12 dragon123 killer12 killer123 hunter12 hunter22 ninja123 cookie123 summer12 summer123 winter123 autumn12
  spring12 freedom1 hello123 hello1234 hellohello goodluck lovers12 babygirl babygirl1 sweetheart beautiful precious
  midnight mountain dolphins cheyenne marlboro einstein garfield porsche911 redskins steelers yankees1 cowboys1 lakers24
  eagles12 warcraft playstation nintendo minecraft fortnite maverick phoenix1 scorpion infinity universe business
  creative security password! password1! qwerty1! welcome1! admin@123 pass@123 pass1234 pass12345 p@ssw0rd1 passw0rd1
  google123 facebook facebook1 linkedin linkedin1 instagram twitter1 hotmail1 yahoo123 myspace1 myspace123 dropbox1
  hallo123 schalke04 passwort1 azerty123 azertyuiop motdepasse bonjour1 contraseña qwertz123 qwertzui`
    .split(/\s+/)
    .filter(Boolean),
)

/**
 * Validates a chosen password. Rejected are the most common ones, repetitions of one character, and the user's own
 * address and names (OWASP ASVS 6.2.4, 6.2.11).
 * @param field field of the request that holds it
 * @param called the user's address and names
 * @throws Problem 400 that names the field
 */
export const mustBeHardToGuess = (
  field: string,
  password: string,
  called: readonly (string | undefined)[],
): void => {
  const chosen = password.trim().toLowerCase()
  if (commonest.has(chosen) || new Set(chosen).size <= 1)
    throw invalid(field, 'is one of the first that others would guess; choose another one')
  if (called.some((name) => name !== undefined && name.trim().toLowerCase() === chosen))
    throw invalid(field, 'must not be your address or your name; choose another one')
}
