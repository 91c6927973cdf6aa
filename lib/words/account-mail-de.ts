// What mails about somebody's own account say, in German.
import type { AccountMail } from './account-mail-en.ts'

export const accountMail: AccountMail = {
  news: {
    'new-device': {
      subject: 'Neue Anmeldung in Ihrem Konto',
      text: (host) =>
        `In Ihrem Konto bei ${host} hat sich jemand angemeldet, mit einem Browser, der dafür noch nicht benutzt wurde.`,
    },
    'password-changed': {
      subject: 'Ihr Passwort wurde geändert',
      text: (host) => `Das Passwort Ihres Kontos bei ${host} wurde geändert. Andere Browser wurden abgemeldet.`,
    },
    'password-ended': {
      subject: 'Ihr Konto gehört jetzt Ihnen allein',
      text: (host) =>
        `Ihr Konto bei ${host} wurde mit einem Link angelegt, den jemand weitergegeben hat, also vielleicht nicht von Ihnen. Sie haben nun gezeigt, dass dieses Postfach Ihres ist. Darum gilt das damalige Passwort nicht mehr, ebenso wenig Passkeys und verbundene Anmeldungen, die dazukamen, und jeder Browser wurde abgemeldet. Legen Sie ein eigenes Passwort fest, oder melden Sie sich per Mail an.`,
    },
    'address-asked': {
      subject: 'Ihre Adresse soll sich ändern',
      text: (host, about) =>
        `In Ihrem Konto bei ${host} soll ${about} an die Stelle dieser Adresse treten. Das geschieht, sobald der Link in einer Mail an ${about} benutzt wird.`,
    },
    'address-changed': {
      subject: 'Ihre Adresse wurde geändert',
      text: (host, about) =>
        `Ihr Konto bei ${host} gehört jetzt zu ${about}. Mit dieser Adresse können Sie sich nicht mehr anmelden.`,
    },
    'two-step-on': {
      subject: 'Anmelden in zwei Schritten ist an',
      text: (host) =>
        `Von jetzt an braucht das Anmelden in Ihrem Konto bei ${host} einen zweiten Schritt. Andere Browser wurden abgemeldet.`,
    },
    'two-step-off': {
      subject: 'Anmelden in zwei Schritten ist aus',
      text: (host) =>
        `Das Anmelden in Ihrem Konto bei ${host} braucht keinen zweiten Schritt mehr. Andere Browser wurden abgemeldet.`,
    },
    'recovery-code-used': {
      subject: 'Ein Ersatzcode wurde benutzt',
      text: (host, about) =>
        `In Ihrem Konto bei ${host} hat sich jemand mit einem Ersatzcode angemeldet. ${about === '1' ? 'Einer ist' : `${about} sind`} übrig.`,
    },
    'recovery-codes-made': {
      subject: 'Neue Ersatzcodes',
      text: (host) => `Ihr Konto bei ${host} hat neue Ersatzcodes. Die früheren gelten nicht mehr.`,
    },
    'passkey-added': {
      subject: 'Ein Passkey kam dazu',
      text: (host, about) => `Der Passkey „${about}“ meldet jetzt in Ihrem Konto bei ${host} an.`,
    },
    'passkey-removed': {
      subject: 'Ein Passkey wurde entfernt',
      text: (host, about) => `Der Passkey „${about}“ meldet nicht mehr in Ihrem Konto bei ${host} an.`,
    },
    'ownership-given': {
      subject: 'Sie sind nicht mehr Owner',
      text: (host, about) =>
        `Sie haben ${about} bei ${host} einem anderen Mitglied übergeben und sind dort jetzt Admin. Nur ein Owner kann das zurückgeben.`,
    },
    'ownership-received': {
      subject: 'Sie sind jetzt Owner',
      text: (host, about) =>
        `Ein Owner von ${about} bei ${host} hat Ihnen die Organisation übergeben. Sie dürfen dort von jetzt an alles. Sie wurden überall abgemeldet; melden Sie sich bitte neu an.`,
    },
    'sign-in-linked': {
      subject: 'Eine Anmeldung wurde verbunden',
      text: (host, about) => `${about} meldet jetzt in Ihrem Konto bei ${host} an.`,
    },
    'sign-in-unlinked': {
      subject: 'Die Verbindung zu einer Anmeldung wurde gelöst',
      text: (host, about) =>
        `${about} meldet nicht mehr in Ihrem Konto bei ${host} an. Andere Browser wurden abgemeldet.`,
    },
    'organization-archive-asked': {
      subject: 'Alles wird exportiert',
      text: (host, about) =>
        `Ein Owner hat alles von der Organisation ${about} bei ${host} als eine Datei angefordert. Jeder Owner kann sie unter Settings, Export löschen.`,
    },
    'organization-archive-ready': {
      subject: 'Ihr Export ist fertig',
      text: (host, about) =>
        `Alles von der Organisation ${about} kann jetzt bei ${host} als eine Datei heruntergeladen werden, unter Settings, Export.`,
    },
    'organization-deletion-asked': {
      subject: 'Ihre Organisation wird gelöscht',
      text: (host, about) =>
        `Ein Owner möchte die Organisation ${about} bei ${host} löschen, mit ihren Schlüsseln, Kunden und ihrem Verlauf. Bis dahin geht alles weiter, und jeder Owner kann es unter Settings, Organization aufhalten.`,
    },
    'organization-deletion-stopped': {
      subject: 'Ihre Organisation bleibt',
      text: (host, about) =>
        `Ein Owner hat das Löschen der Organisation ${about} bei ${host} aufgehalten. Nichts wurde gelöscht.`,
    },
    'organization-deleted': {
      subject: 'Ihre Organisation wurde gelöscht',
      text: (host, about) => `Die Organisation ${about} wurde bei ${host} gelöscht, mit allem darin.`,
    },
    'organization-keys-left': {
      subject: 'API-Schlüssel eines früheren Mitglieds gelten noch',
      text: (host, about) =>
        `${about} ist kein Mitglied mehr oder darf keine API-Schlüssel mehr anlegen. Die von dort gelten weiter; sie sind bei ${host} unter Settings, API keys gekennzeichnet.`,
    },
  },
  wasYou: 'Das waren Sie? Dann ist nichts zu tun.',
  notYou:
    'Das waren nicht Sie? Legen Sie sofort ein neues Passwort fest: Das meldet jeden Browser ab und macht wartende Links ungültig.',
  notYouAway:
    'Das waren nicht Sie? Bitten Sie sofort einen Owner Ihrer Organisation um Hilfe, oder wer diesen Server betreibt.',
  notExpected: 'Das haben Sie nicht erwartet? Fragen Sie die anderen Mitglieder, bevor Sie dort etwas tun.',
  surprise: 'Das überrascht Sie? Fragen Sie die anderen Owner, oder wer diesen Server betreibt.',
  setPassword: 'Neues Passwort festlegen',
  seeSessions: 'Sehen, wo Sie angemeldet sind',
  why: (host) => `Sie erhalten das, weil es die Sicherheit Ihres Kontos bei ${host} betrifft.`,
  device: (browser, system) => `${browser} unter ${system}`,

  link: {
    password: {
      subject: 'Neues Passwort festlegen',
      text: (host) =>
        `Jemand, vermutlich Sie, hat bei ${host} ein neues Passwort angefordert. Wählen Sie es mit dem Knopf; jeder Browser wird dann abgemeldet.`,
      plain: (host) =>
        `Jemand, vermutlich Sie, hat bei ${host} ein neues Passwort angefordert. Wählen Sie es mit diesem Link; jeder Browser wird dann abgemeldet.`,
      button: 'Passwort wählen',
      why: 'Nicht angefordert? Dann brauchen Sie nichts zu tun; Ihr Passwort bleibt, wie es ist.',
    },
    address: {
      subject: 'Neue Adresse bestätigen',
      text: (host, from) =>
        `Drücken Sie den Knopf in einem Browser, in dem Sie bei ${host} angemeldet sind. Dann melden Sie sich von jetzt an mit dieser Adresse an statt mit ${from}.`,
      plain: (host, from) =>
        `Öffnen Sie diesen Link in einem Browser, in dem Sie bei ${host} angemeldet sind. Dann melden Sie sich von jetzt an mit dieser Adresse an statt mit ${from}.`,
      button: 'Adresse bestätigen',
      why: 'Nicht angefordert? Dann brauchen Sie nichts zu tun; nichts ändert sich.',
    },
    once: (minutes) => `Der Link gilt einmal, ${minutes} Minuten lang.`,
    ifNot: 'Wenn der Knopf nicht geht, öffnen Sie diese Adresse:',
  },
}
