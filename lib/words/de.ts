// Alles, was Kundinnen und Kunden lesen, auf Deutsch.
import type { Words } from './en.ts'

const n = (count: number) => count.toLocaleString('de-DE')
const s = (count: number, one: string, many: string) => (count === 1 ? one : many)

export const de: Words = {
  locale: 'de-DE',
  number: n,

  frame: {
    skip: 'Zum Inhalt',
    purchases: 'Käufe',
    purchasesOf: 'von',
    dashboard: 'Dashboard',
    account: 'Konto',
    signOut: 'Abmelden',
    signedInAs: (email) => `Angemeldet als ${email}`,
    language: 'Sprache',
    theme: 'Farben',
    light: 'Hell',
    dark: 'Dunkel',
    system: 'Wie das System',
    yourPurchases: 'Ihre Käufe',
    cancel: 'Abbrechen',
    close: 'Schließen',
    copy: 'Kopieren',
    copied: 'Kopiert',
    copyFailed: 'Kopieren ging nicht',
    optional: 'Freiwillig',
  },

  signIn: {
    title: 'Anmelden',
    about: 'Bei Ihren Käufen oder beim Dashboard Ihrer Organisation.',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    noPassword:
      'Kein Passwort? Lassen Sie das Feld leer, dann schicken wir Ihnen einen Link und einen Code zum Anmelden.',
    passkey: 'Mit Passkey anmelden',
    withProvider: (name) => `Mit ${name} anmelden`,
    forgot: 'Passwort vergessen?',
    button: 'Anmelden',
    mailLink: 'Link zum Anmelden schicken',
    again: 'Bitte melden Sie sich noch einmal an.',
    wrongPassword: 'E-Mail-Adresse und Passwort passen nicht zusammen.',
    notAnAddress: 'Geben Sie eine E-Mail-Adresse ein, etwa name@example.com.',
    checkFields: 'Bitte prüfen Sie die markierten Felder.',
    failed: 'Das Anmelden ging nicht. Versuchen Sie es noch einmal.',
    providerProblems: {
      unverified:
        'Dieses Konto hat keine bestätigte E-Mail-Adresse. Bestätigen Sie sie dort, oder melden Sie sich anders an.',
      unknown:
        'Die Adresse dieses Kontos ist hier nicht bekannt. Nehmen Sie die, mit der Sie gekauft haben, oder lassen Sie sich einladen.',
      unlinked:
        'Die Verbindung zu diesem Konto wurde hier gelöst. Melden Sie sich anders an; unter „Ihr Konto“ können Sie es wieder verbinden.',
      taken: 'Dieses Konto ist hier mit jemand anderem verbunden, oder eine andere Anmeldung war schneller.',
      slow: 'Zu viele Versuche aus Ihrem Netz. Versuchen Sie es in einer Minute wieder.',
      failed: 'Das Anmelden dort ging nicht. Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
    },
    waits: {
      password: (when) =>
        `Zu viele falsche Passwörter. Versuchen Sie es ${when} wieder, oder lassen Sie sich einen Link zum Anmelden schicken.`,
      link: (when) => `Es wurden zu viele Links angefordert. Versuchen Sie es ${when} wieder.`,
      code: (when) =>
        `Zu viele falsche Codes. Öffnen Sie stattdessen den Link in der Mail, oder versuchen Sie ${when} einen anderen Code.`,
      token: (when) => `Zu viele Versuche aus Ihrem Netz. Versuchen Sie es ${when} wieder.`,
    },
    inSeconds: (count) => `in ${count} ${s(count, 'Sekunde', 'Sekunden')}`,
    inMinutes: (count) => `in ${count} ${s(count, 'Minute', 'Minuten')}`,

    sentTitle: 'Sehen Sie in Ihr Postfach',
    sentBefore: 'Wenn',
    sentAddress: 'die Adresse',
    sentAfter: (minutes) =>
      `hier bekannt ist, ist eine Mail unterwegs. Ihr Link meldet Sie an, und ihr Code ebenso: einmal und innerhalb von ${minutes} Minuten.`,
    sentForPassword: (minutes) =>
      `hier bekannt ist, ist ein Link unterwegs. Mit ihm wählen Sie ein neues Passwort: einmal und innerhalb von ${minutes} Minuten.`,
    sentHelp:
      'Nichts angekommen? Sehen Sie im Spam-Ordner nach, und prüfen Sie, ob Sie mit dieser Adresse gekauft haben.',
    sentWaits:
      'Auf diesem Server ist keine Mail eingerichtet, darum wartet der Link. Wer ihn betreibt, muss SMTP_URL setzen.',
    outbox: 'Postausgang der Demo öffnen',
    back: 'Zurück zur Anmeldung',
    code: 'Sechsstelliger Code',
    codeShape: 'Der Code hat sechs Ziffern.',
    codeWrong: 'Dieser Code stimmt nicht oder gilt nicht mehr. Sehen Sie in die neueste Mail.',

    linkAbout: 'Sie melden sich an als',
    linkButton: (email) => `Anmelden als ${email}`,
    linkOver: 'Dieser Link gilt nicht mehr',
    linkOverAbout:
      'Er wurde schon benutzt, ist abgelaufen oder wurde nicht ganz kopiert. Einen neuen gibt es in einer Minute.',
    linkUsed: 'Dieser Link wurde schon benutzt oder ist abgelaufen.',
    linkNew: 'Neuen Link holen',
    goOnAs: (email) => `Weiter als ${email}`,

    confirmTitle: 'Adresse bestätigen',
    confirmBefore: 'Käufe sieht, wer die Mails liest von',
    confirmAfter: 'Öffnen Sie einmal den Link, den wir dorthin schicken; dann sehen Sie Ihre.',
    confirmButton: 'Link schicken',
    confirmBack: 'Zurück zum Dashboard',
  },

  list: {
    none: 'Mit dieser Adresse wurde nichts gekauft',
    noneAbout: 'Haben Sie eine andere Adresse benutzt? Melden Sie sich ab, und mit jener wieder an.',
    search: 'Käufe durchsuchen',
    searchHint: 'Produkt, Verkäufer, Bestellung oder Ende eines Schlüssels',
    searchButton: 'Suchen',
    clear: 'Alle zeigen',
    nothingFound: (words) => `Nichts passt zu „${words}“`,
    nothingFoundAbout: 'Gesucht wird in Produkten, Verkäufern, Bestellnummern und den letzten Zeichen der Schlüssel.',
    pages: 'Seiten',
    page: (page, of) => `Seite ${n(page)} von ${n(of)}`,
    previous: 'Zurück',
    next: 'Weiter',
    copyAll: (count) => `Alle ${n(count)} Schlüssel kopieren`,
    showAll: (count) => `Alle ${n(count)} Schlüssel zeigen`,
    allKeysOf: (product) => `Alle Schlüssel von ${product}`,
    noKey: 'Zu diesem Kauf gehört kein Lizenzschlüssel.',
    keys: (count) => `${n(count)} Schlüssel`,
  },

  status: {
    active: 'Aktiv',
    expiring: 'Aktiv, läuft bald ab',
    grace: 'Abgelaufen, gilt noch einige Tage',
    expired: 'Abgelaufen',
    disabled: 'Vom Verkäufer abgeschaltet',
    revoked: 'Widerrufen',
  },
  statusDay: {
    until: (day) => `bis ${day}`,
    on: (day) => `am ${day}`,
    never: 'läuft nie ab',
  },
  advice: {
    expiring: (seller) =>
      `Ist er abgelaufen, nimmt die Software ihn nicht mehr an. Fragen Sie ${seller}, wie Sie verlängern.`,
    grace: (seller, day) =>
      `Er ist${day ? ` am ${day}` : ''} abgelaufen. Fragen Sie ${seller}, wie Sie verlängern, bevor er nicht mehr gilt.`,
    expired: (seller) => `Die Software nimmt ihn nicht mehr an. Fragen Sie ${seller}, wie Sie verlängern.`,
    disabled: (seller) =>
      `${seller} hat diesen Schlüssel abgeschaltet. Fragen Sie dort, warum, und wie er wieder gilt.`,
    revoked: (seller) => `${seller} hat diesen Schlüssel zurückgenommen, etwa nach einer Erstattung.`,
  },
  standing: {
    pending: 'Noch nicht bezahlt',
    trial: 'In der Probezeit',
    paidUntil: (day) => `Bezahlt bis ${day}`,
    pastDueUntil: (day) => `Zahlung fehlgeschlagen, gilt bis ${day}`,
    pastDue: 'Zahlung fehlgeschlagen',
    paused: 'Pausiert',
    endsOn: (day) => `Endet am ${day}`,
    ending: 'Wird nicht verlängert',
    endedOn: (day) => `Beendet am ${day}`,
    ended: 'Beendet',
    lapsed: 'Beendet: nicht weiter bezahlt',
    refunded: 'Erstattet',
    disputed: 'Zahlung angefochten',
    canceled: 'Storniert',
  },

  key: {
    title: 'Lizenzschlüssel',
    copyKey: 'Lizenzschlüssel kopieren',
    showAll: 'Ganz zeigen',
    showLine: 'In einer Zeile zeigen',
    qr: 'QR-Code',
    qrAbout: 'Für ein Telefon: Halten Sie seine Kamera hierhin, um den Schlüssel zu übernehmen.',
    howTo: 'So aktivieren Sie',
    mail: 'Schlüssel per Mail schicken',
    onItsWay: (email) => `Unterwegs an ${email}.`,
    help: 'Hilfe',
    website: 'Website',
    uses: 'Nutzungen',
    usesIn: {
      never: 'Nutzungen',
      day: 'Nutzungen heute',
      month: 'Nutzungen in diesem Monat',
      year: 'Nutzungen in diesem Jahr',
    },
    usesOf: (used, limit) => `${n(used)} von ${n(limit)}`,
    usesUnlimited: (used) => (used > 0 ? `${n(used)}, unbegrenzt` : 'unbegrenzt'),
    left: (left) => (left === 0 ? 'Keine übrig.' : `${n(left)} übrig.`),
    resets: (day) => `Beginnt neu am ${day}.`,
    receipt: 'Kauf',
    order: 'Bestellung',
    bought: 'Gekauft',
    issued: 'Ausgestellt',
    product: 'Produkt',
    quantity: 'Anzahl',
    via: 'Bezahlt über',
    seller: 'Verkäufer',
    buyer: 'Käufer',
    standing: 'Stand',
    validUntil: 'Gültig bis',
    version: 'Version',
    includes: 'Enthält',
    subscription: 'Abonnement',
    oneTime: 'Einmaliger Kauf',
    print: 'Drucken',
    openTitle: 'Ihr Lizenzschlüssel',
    openAbout: 'Einmal drücken, und Ihr Schlüssel öffnet sich. Damit zeigen Sie, dass die Mail bei Ihnen ankam.',
    openButton: 'Schlüssel öffnen',
  },

  rotate: {
    title: 'Durch einen neuen Schlüssel ersetzen',
    about: 'Hat jemand anderes Ihren Schlüssel, holen Sie sich einen neuen.',
    warning: (devices) =>
      `Der alte Schlüssel endet sofort und überall. ${
        devices === 0
          ? 'Kein Gerät benutzt ihn gerade.'
          : `${devices === 1 ? 'Das Gerät, das ihn benutzt, hört' : `Alle ${n(devices)} Geräte, die ihn benutzen, hören`} bei der nächsten Prüfung auf, bis Sie dort den neuen eingeben.`
      } Das lässt sich nicht rückgängig machen.`,
    button: 'Neuen Schlüssel holen',
    done: 'Das ist Ihr neuer Schlüssel. Wir haben ihn Ihnen auch gemailt.',
    tooOften:
      'Dieser Schlüssel wurde an einem Tag dreimal ersetzt. Versuchen Sie es morgen wieder, oder fragen Sie den Verkäufer.',
    notNow: 'Ein Schlüssel, der nicht gilt, lässt sich nicht ersetzen. Fragen Sie den Verkäufer.',
    notAllowed: 'Nur der Verkäufer kann diesen Schlüssel ersetzen.',
  },

  devices: {
    title: 'Geräte',
    count: (count) => `${n(count)} ${s(count, 'Gerät', 'Geräte')}`,
    of: (used, limit) => `${n(used)} von ${n(limit)}`,
    usedOf: (used, limit) => `${n(used)} von ${n(limit)} ${s(limit, 'Gerät', 'Geräten')}`,
    full: (limit) =>
      limit === 1
        ? 'Das einzige Gerät, das dieser Schlüssel erlaubt, ist in Benutzung.'
        : `Alle ${n(limit)} Geräte sind in Benutzung.`,
    fullAsk: (seller) => `Für ein anderes bitten Sie ${seller}, eines freizugeben.`,
    fullFree: 'Für ein anderes deaktivieren Sie eines, das Sie nicht mehr brauchen.',
    blocked: (seller) =>
      `${seller} hat neue Geräte für diesen Schlüssel gesperrt. Die Geräte hier funktionieren weiter.`,
    none: 'Nicht in Benutzung',
    noneWorks: (product) => `Aktivieren Sie ${product} auf einem Gerät, dann erscheint es hier.`,
    noneOver: 'Kein Gerät benutzt diesen Schlüssel.',
    sellerFrees: (seller) => `Nur der Verkäufer kann Geräte dieses Schlüssels deaktivieren. Fragen Sie ${seller}.`,
    sellerRenames: 'Nur der Verkäufer kann Geräte dieses Schlüssels umbenennen.',
    seen: 'gesehen',
    notSeen: 'noch nicht gesehen',
    added: 'seit',
    idle: (days) => `seit ${n(days)} ${s(days, 'Tag', 'Tagen')} still`,
    idleHint: 'Geräte, die lange still sind, können Sie deaktivieren, um Platz für ein anderes zu schaffen.',
    version: (version) => `Version ${version}`,
    rename: (device) => `${device} umbenennen`,
    renameButton: 'Umbenennen',
    name: 'Name',
    nameAbout: 'Ein Name, den Sie wiedererkennen. Der Verkäufer sieht ihn auch.',
    nameMissing: 'Geben Sie einen Namen ein',
    renamed: 'Umbenannt',
    deactivate: 'Deaktivieren',
    deactivateOne: (device) => `${device} deaktivieren`,
    deactivateAsk: (device) => `${device} deaktivieren?`,
    stopsWorks: (product) =>
      `${product} funktioniert dort nicht mehr, bis es wieder aktiviert wird. Der Platz wird für ein anderes Gerät frei.`,
    stopsOver: 'Der Platz wird frei. Der Schlüssel gilt zurzeit ohnehin nicht.',
    deactivated: (device) => `${device} wurde deaktiviert.`,
    undo: 'Rückgängig',
    undoOne: (device) => `Rückgängig: ${device} wieder aktivieren`,
    undone: (device) => `${device} ist wieder aktiv.`,
    undoOver: 'Die Minute dafür ist vorbei. Aktivieren Sie das Gerät in der Software neu.',
    undoTaken: 'Ein anderes Gerät hat inzwischen seinen Platz.',
    changedMeanwhile: (theirs) => `Jemand anderes hat das inzwischen in ${theirs} geändert.`,
  },

  replace: {
    title: 'Ein anderes Gerät benutzen',
    about: (product, limit) =>
      limit === 1
        ? `Ihre Lizenz für ${product} gilt auf einem Gerät zur selben Zeit. Soll das neue an seine Stelle treten?`
        : `Ihre Lizenz für ${product} gilt auf ${n(limit)} Geräten zur selben Zeit, und alle sind in Benutzung. Wählen Sie, welches ersetzt wird.`,
    newDevice: 'Neues Gerät',
    choose: 'Welches Gerät ersetzen?',
    button: 'Ersetzen',
    warning: (product) => `${product} funktioniert auf dem Gerät, das Sie wählen, ab der nächsten Prüfung nicht mehr.`,
    doneTitle: 'Fertig',
    done: (device) => `${device} hat jetzt den Platz. Gehen Sie zur Software zurück, und versuchen Sie es dort wieder.`,
    freeTitle: 'Es ist Platz',
    free: 'Ein Platz ist schon frei. Gehen Sie zur Software zurück, und versuchen Sie es dort wieder.',
    overTitle: 'Dieser Link gilt nicht',
    over: 'Er ist zu alt, wurde nicht ganz kopiert oder gehört zum Schlüssel einer anderen Adresse. Versuchen Sie es in der Software noch einmal, um einen neuen zu bekommen.',
    notAllowed: (seller) => `Nur der Verkäufer kann einen Platz dieses Schlüssels freigeben. Fragen Sie ${seller}.`,
    cooldown: (day) => `Erst vor Kurzem wurde ein Gerät ersetzt. Das nächste können Sie ab ${day} ersetzen.`,
    yearly: (count, day) =>
      `Innerhalb eines Jahres ${s(count, 'wurde ein Gerät', `wurden ${n(count)} Geräte`)} ersetzt, so viele, wie der Verkäufer erlaubt. Das nächste geht ab ${day}.`,
    gone: 'Der Schlüssel nimmt zurzeit keine neuen Geräte an.',
    leftThisYear: (left) => `Danach können Sie innerhalb eines Jahres noch ${n(left)} ersetzen.`,
  },

  which: {
    title: 'Sind das Ihre Geräte?',
    none: 'Keine Geräte',
    noneAbout: 'Kein Gerät benutzt Ihren Schlüssel. Es gibt nichts zu tun.',
    aboutBefore: 'Sie benutzen Ihren Lizenzschlüssel',
    aboutAfter: (seller) => `von ${seller}. Nehmen Sie den Haken bei denen weg, die Sie nicht kennen.`,
    over: 'Dieser Link gilt nicht',
    overAbout: 'Er wurde nicht ganz kopiert, oder seine Zeit ist vorbei. Mit Ihrem Schlüssel geschieht nichts.',
    unnamed: 'Ein Gerät ohne Namen',
    since: (day) => `seit ${day}`,
    lastSeen: (day) => `zuletzt gesehen ${day}`,
    button: 'Das sind meine',
    consequence: 'Geräte ohne Haken werden freigegeben: Sie hören bei ihrer nächsten Prüfung auf.',
    thanks: 'Danke.',
    freed: (count) =>
      count === 0
        ? 'Alle Geräte funktionieren weiter.'
        : `${count === 1 ? 'Ein Gerät wurde' : `${n(count)} Geräte wurden`} freigegeben; die anderen funktionieren weiter.`,
  },

  reminders: {
    over: 'Dieser Link gilt nicht',
    overAbout: 'Er wurde nicht ganz kopiert oder stammt aus anderer Zeit. Öffnen Sie ihn noch einmal aus der Mail.',
    stopTitle: 'Keine Erinnerungen mehr?',
    stoppedTitle: 'Es kommen keine Erinnerungen mehr',
    stoppedBefore: (seller) => `${seller} erinnert`,
    stoppedAfter: 'nicht mehr an Lizenzschlüssel, die enden. Mails mit Schlüsseln kommen weiterhin an.',
    remindsBefore: (seller) => `${seller} erinnert`,
    remindsAfter: 'bevor ein Lizenzschlüssel endet.',
    stop: 'Nicht mehr erinnern',
    again: 'Wieder erinnern',
  },

  problems: {
    gone: 'Das gibt es nicht mehr. Öffnen Sie die Seite neu.',
    notAllowed: 'Das kann nur der Verkäufer.',
    mailedTooOften:
      'Dieser Schlüssel wurde in dieser Stunde schon 3-mal gemailt. Sehen Sie im Spam-Ordner nach, oder versuchen Sie es später.',
    unexpected: 'Bei uns ist etwas schiefgegangen. Es wurde nichts geändert.',
    stale: 'Dieses Formular ist veraltet. Öffnen Sie die Seite neu.',
  },

  mail: {
    signIn: {
      subject: (seller) => (seller ? `Anmelden bei ${seller}` : 'Anmelden'),
      heading: 'Anmelden',
      about: (seller, host) =>
        `Mit dem Knopf sehen Sie Ihre Käufe und Ihre Lizenzschlüssel${seller ? ` von ${seller}` : ''}. Er führt zu ${host}.`,
      button: 'Anmelden',
      code: 'Oder geben Sie diesen Code dort ein, wo Sie diese Mail angefordert haben:',
      codeLine: (code) => `Oder geben Sie diesen Code dort ein, wo Sie diese Mail angefordert haben: ${code}`,
      either: (minutes) => `Beides gilt einmal, ${minutes} Minuten lang.`,
      linkOnly: (minutes) => `Der Link gilt einmal, ${minutes} Minuten lang.`,
      address: 'Wenn der Knopf nicht geht, öffnen Sie diese Adresse:',
      why: 'Nicht angefordert? Dann brauchen Sie nichts zu tun; ohne diese Mail kann sich niemand anmelden. Geben Sie den Code niemandem.',
    },
  },
}
