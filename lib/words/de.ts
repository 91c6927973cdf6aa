// Alles, was Kundinnen und Kunden lesen, auf Deutsch.
import { account } from './account-de.ts'
import { accountMail } from './account-mail-de.ts'
import type { Words } from './en.ts'
import { storeMail } from './store-mail-de.ts'

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
    notFound: 'Seite nicht gefunden',
    notFoundWhy: 'Vielleicht wurde sie entfernt, die Adresse ist vertippt, oder sie gehört zu einem anderen Konto.',
    home: 'Zur Startseite',
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
    searchHint: 'Produkt, Bestellung, Schlüssel …',
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
    never: 'ohne Enddatum',
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
    noEnd: 'Kein Enddatum',
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

  handOn: {
    title: 'Diesen Schlüssel weitergeben',
    about: 'Wenn jemand anderes ihn haben soll, nennen Sie die Adresse. Dort wird per Mail gefragt, eine Woche lang.',
    warning: (devices) =>
      `Mit der Zustimmung gehört der Schlüssel der anderen Seite, mit neuen Zeichen: Ihrer endet sofort${
        devices === 0
          ? ''
          : devices === 1
            ? ', und sein Gerät wird freigegeben'
            : `, und seine ${n(devices)} Geräte werden freigegeben`
      }. Was Sie bezahlt haben, bleibt bei Ihnen, auch ein Abo, das den Schlüssel bezahlt. Zurücknehmen kann es dann nur der Verkäufer.`,
    to: 'E-Mail-Adresse der neuen Besitzerin oder des neuen Besitzers',
    button: 'Schlüssel anbieten',
    sent: 'Die Mail ist unterwegs.',
    waitingTitle: 'Sie geben diesen Schlüssel weiter',
    waiting: (email, day) => `${email} kann ihn bis ${day} annehmen. Bis dahin bleibt er Ihrer.`,
    withdraw: 'Zurücknehmen',
    withdrawn: 'Das Angebot wurde zurückgenommen.',
    notAllowed: 'Nur der Verkäufer kann diesen Schlüssel weitergeben.',
    own: 'Das ist Ihre eigene Adresse.',
    tooOften: 'Das wurde an einem Tag zu oft angeboten. Versuchen Sie es morgen wieder.',
    notNow: 'Ein Schlüssel, der nicht gilt, kann nicht weitergegeben werden.',
    takeTitle: (product) => `Ein Lizenzschlüssel für ${product}`,
    takeAbout: (from, seller) =>
      `${from} gibt ihn an Sie weiter. Nehmen Sie ihn an, gehört er nur Ihnen: Sie bekommen einen neuen Schlüssel, und die Geräte, die ihn jetzt benutzen, werden freigegeben. Der Verkäufer ist ${seller}.`,
    take: 'Schlüssel annehmen',
    decline: 'Nein, danke',
    takenTitle: 'Der Schlüssel gehört Ihnen',
    taken: (email) => `Er ist unterwegs an ${email} und steht bei Ihren Käufen.`,
    declinedTitle: 'Nicht angenommen',
    declined: 'Für die bisherige Seite ändert sich nichts.',
    overTitle: 'Dieses Angebot ist vorbei',
    over: 'Es wurde zurückgenommen, ist älter als eine Woche oder wurde schon beantwortet.',
  },

  address: {
    change: 'Adresse ändern',
    title: 'Ihre Adresse ändern',
    about: (email) =>
      `Alles, was Sie gekauft haben, gehört zu ${email}. Soll es umziehen, nennen Sie die neue Adresse; beide Postfächer werden gefragt.`,
    effect: 'Dann melden Sie sich bei allen Verkäufern mit der neuen an; die alte öffnet nichts mehr.',
    account: 'Ihr Konto als Mitglied einer Organisation behält seine Adresse; nur Ihre Käufe ziehen um.',
    to: 'Neue E-Mail-Adresse',
    button: 'Beide Postfächer fragen',
    own: 'Das ist schon Ihre Adresse.',
    tooOften: 'Das wurde zu oft angefordert. Versuchen Sie es später wieder.',
    sent: 'An beide ist eine Mail unterwegs.',
    waitingTitle: 'Sie ändern Ihre Adresse',
    waiting: (to, until) =>
      `Sie wird ${to}, sobald beide Postfächer zustimmen, bis ${until}. Vorher ändert sich nichts.`,
    saidYes: (email) => `${email} hat zugestimmt.`,
    asked: (email) => `${email} hat noch nicht geantwortet.`,
    stop: 'Abbrechen',
    stopped: 'Abgebrochen. Es wurde nichts geändert.',
    confirmTitle: 'Die Adresse ändern?',
    confirmAbout: (from, to) =>
      `Alles, was mit ${from} gekauft wurde, geht an ${to}: Käufe, Schlüssel und Geräte, bei allen Verkäufern. Die Software funktioniert weiter.`,
    confirmOld: (from) => `Mit ${from} sieht man davon nichts mehr, und damit angemeldete Browser werden abgemeldet.`,
    confirm: 'Ja, ändern',
    decline: 'Nein, abbrechen',
    halfTitle: 'Dieses Postfach hat zugestimmt',
    half: (other) => `Jetzt das andere: Öffnen Sie die Mail an ${other}. Bis dahin ändert sich nichts.`,
    doneTitle: 'Die Adresse wurde geändert',
    done: (to) => `Alles steht jetzt unter ${to}. Melden Sie sich damit an, um es zu sehen.`,
    overTitle: 'Dieser Link gilt nicht mehr',
    over: 'Es wurde abgebrochen, der Link ist älter als ein Tag, oder es wurde ein neuerer angefordert.',
    signIn: 'Anmelden',
  },

  letter: {
    facts: {
      validUntil: (end) => `Gültig bis ${end}.`,
      validFor: {
        day: (count) => `Gültig für ${n(count)} ${count === 1 ? 'Tag' : 'Tage'} ab der ersten Aktivierung.`,
        month: (count) => `Gültig für ${n(count)} ${count === 1 ? 'Monat' : 'Monate'} ab der ersten Aktivierung.`,
        year: (count) => `Gültig für ${n(count)} ${count === 1 ? 'Jahr' : 'Jahre'} ab der ersten Aktivierung.`,
      },
      subscription: (paid) => `Gilt, solange Ihr Abo läuft${paid === null ? '' : `, bezahlt bis ${paid}`}.`,
      never: 'Läuft nie ab.',
      devices: (count) => (count === 1 ? 'Gilt auf einem Gerät zugleich.' : `Gilt auf ${n(count)} Geräten zugleich.`),
      anyDevices: 'Gilt auf beliebig vielen Geräten.',
      uses: {
        never: (count) => `Enthält ${n(count)} ${count === 1 ? 'Nutzung' : 'Nutzungen'}.`,
        day: (count) => `Enthält ${n(count)} ${count === 1 ? 'Nutzung' : 'Nutzungen'} pro Tag.`,
        month: (count) => `Enthält ${n(count)} ${count === 1 ? 'Nutzung' : 'Nutzungen'} pro Monat.`,
        year: (count) => `Enthält ${n(count)} ${count === 1 ? 'Nutzung' : 'Nutzungen'} pro Jahr.`,
      },
    },
    expired: (end) => `Dieser Schlüssel gilt nicht mehr: Er ist${end ? ` am ${end}` : ''} abgelaufen.`,
    disabled: (seller) => `Dieser Schlüssel gilt zurzeit nicht: ${seller} hat ihn abgeschaltet.`,
    revoked: (seller) =>
      `Dieser Schlüssel gilt nicht mehr: ${seller} hat ihn zurückgezogen, zum Beispiel nach einer Erstattung.`,
    noneWorks: 'Keiner dieser Schlüssel gilt mehr.',
    someBroken: (broken, all) =>
      `${n(broken)} dieser ${n(all)} Schlüssel ${broken === 1 ? 'gilt nicht mehr; es steht daneben' : 'gelten nicht mehr; es steht jeweils daneben'}.`,
    worksNoMore: 'Er gilt nicht mehr.',
    worksOn: (end) => `Er gilt noch bis ${end}.`,
    oldWorks: (end) => `Der alte Schlüssel gilt dort, wo er benutzt wird, noch bis ${end}.`,
    oldOver: 'Der alte Schlüssel gilt nicht mehr.',
    endOf: (day) => `zum Ende des ${day}`,
    whichKey: (last) => `Es geht um den Schlüssel, der auf ${last} endet.`,
    whichKeys: (count, end) => `Es geht um ${n(count)} Schlüssel, die alle zugleich enden: ${end}.`,
    purchases: 'Ihre Käufe',
    findAgain:
      'Dort finden Sie diesen Schlüssel wieder, sehen seine Geräte und geben eines frei, wenn Sie den Rechner wechseln.',
    findAllAgain: 'Dort finden Sie diese Schlüssel wieder, sehen ihre Geräte und geben eines frei.',
    whyIssued: (seller, to) =>
      `${seller} hat das an ${to} geschickt, weil für diese Adresse ein Lizenzschlüssel ausgestellt wurde.`,
    whyAllIssued: (seller, to) =>
      `${seller} hat das an ${to} geschickt, weil für diese Adresse Lizenzschlüssel ausgestellt wurden.`,
    whyKey: (seller, to, product) =>
      `${seller} hat das an ${to} geschickt, weil Sie einen Lizenzschlüssel für ${product} haben.`,
    whyBought: (product) => `Sie erhalten das, weil Sie ${product} mit dieser Adresse gekauft haben.`,
    order: (reference) => `Bestellung ${reference}`,
    subscription: (reference) => `Abo ${reference}`,
    version: (version) => `Version ${version}.`,
    includes: (names) => `Enthält ${names}.`,
    inFile: (count, file) => `Die ${n(count)} Schlüssel stehen in der angehängten Datei ${file}, einer je Zeile.`,
    reply: 'Fragen? Antworten Sie auf diese Mail oder schreiben Sie an',
    see: 'Fragen? Sehen Sie nach bei',
    stopReminders: 'Keine Erinnerungen mehr',
    howTo: 'So aktivieren Sie',
  },

  approve: {
    title: 'Gerät aktivieren',
    codeAbout: 'Geben Sie den Code ein, den die Software zeigt.',
    code: 'Code',
    codeButton: 'Weiter',
    codeWrong: 'Dieser Code stimmt nicht oder gilt nicht mehr. Sehen Sie nach, was die Software jetzt zeigt.',
    tooMany: (when) => `Zu viele falsche Codes. Versuchen Sie es ${when} wieder.`,
    ask: (device) => `${device} aktivieren?`,
    warningTitle: 'Haben Sie das selbst begonnen?',
    warning:
      'Fahren Sie nur fort, wenn Ihnen die Software diesen Code eben gezeigt hat. Wer Ihnen einen Code schickt, will Ihre Lizenz benutzen.',
    seller: 'Verkäufer',
    address: 'Netzwerkadresse',
    program: 'Programm',
    asked: 'Gefragt',
    choose: 'Mit welchem Schlüssel?',
    replaces: (device) => `${device} ersetzen`,
    stops: 'Das Gerät, das Sie wählen, hört bei seiner nächsten Prüfung auf zu arbeiten.',
    no: {
      ended: 'Gilt im Moment nicht.',
      blocked: 'Nimmt keine neuen Geräte an.',
      full: 'Alle Geräte sind belegt, und nur der Verkäufer kann eines freigeben.',
    },
    newest: (count) => `Gezeigt werden Ihre ${n(count)} neuesten Schlüssel.`,
    name: 'Name des Geräts',
    button: 'Gerät aktivieren',
    deny: 'Ablehnen',
    chooseOne: 'Wählen Sie einen Schlüssel.',
    notTaken: 'Dieser Schlüssel nimmt im Moment kein weiteres Gerät an. Wählen Sie einen anderen.',
    doneTitle: 'Das Gerät ist aktiviert',
    done: (device) => `Gehen Sie zurück zur Software auf ${device}. Dort geht es von selbst weiter.`,
    deniedTitle: 'Abgelehnt',
    denied: 'Nichts wurde aktiviert. Sie können diese Seite schließen.',
    overTitle: 'Diese Anfrage ist vorbei',
    over: 'Sie ist älter als zehn Minuten, oder jemand hat schon entschieden. Beginnen Sie in der Software noch einmal.',
    noneTitle: 'Keiner Ihrer Schlüssel passt',
    none: (seller, email) =>
      `${seller} hat an ${email} keinen Schlüssel dafür verkauft. Haben Sie mit einer anderen Adresse gekauft? Dann melden Sie sich mit jener an.`,
    another: 'Anderen Code eingeben',
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
    addressChanged: {
      subject: (seller) => `Ihre Adresse bei ${seller} wurde geändert`,
      heading: 'Ihre Adresse wurde geändert',
      happened: (seller, address) =>
        `${seller} führt Ihre Käufe und Lizenzschlüssel jetzt unter ${address}. Mit dieser Adresse sehen Sie sie nicht mehr; Ihre Software funktioniert weiter.`,
      whatToDo: (helper) => `Sie wollten das nicht? Schreiben Sie an ${helper}; dort lässt es sich zurücknehmen.`,
      why: (seller) => `Sie erhalten das, weil Ihre Lizenzschlüssel von ${seller} unter dieser Adresse standen.`,
      here: 'Das ist jetzt Ihre Adresse',
      cameHere: (seller, address) =>
        `${seller} führt die Käufe und Lizenzschlüssel, die unter ${address} standen, jetzt unter dieser Adresse. Melden Sie sich damit an, um sie zu sehen; die Software funktioniert weiter.`,
      purchases: 'Ihre Käufe',
      unknown: (helper) =>
        `Sie haben dort nichts gekauft? Schreiben Sie an ${helper}; dort lässt es sich zurücknehmen.`,
      whyHere: (seller) => `Sie erhalten das, weil ${seller} diese Adresse für einen Kunden eingetragen hat.`,
    },
    addressMove: {
      heading: 'Bestätigen Sie Ihre neue Adresse',
      fromHere: (host, _from, to) =>
        `Jemand, der mit dieser Adresse bei ${host} angemeldet ist, möchte, dass alles damit Gekaufte an ${to} geht: Käufe, Lizenzschlüssel und Geräte, bei allen Verkäufern. Danach sieht man mit dieser Adresse nichts mehr davon.`,
      toHere: (host, from, _to) =>
        `Wer bei ${host} die Adresse ${from} hat, möchte, dass alles Gekaufte an diese Adresse geht: Käufe, Lizenzschlüssel und Geräte, bei allen Verkäufern.`,
      both: (hours) =>
        `Das geschieht, sobald beide Postfächer zugestimmt haben. Der Link gilt einmal, ${n(hours)} Stunden lang; bis dahin ändert sich nichts.`,
      button: 'Ansehen und bestätigen',
      notYou:
        'Sie waren das nicht? Dann stimmen Sie nicht zu, sonst geben Sie Ihre Lizenzschlüssel weg: Öffnen Sie den Link, und brechen Sie es dort ab.',
      unknown: 'Sie wissen nicht, worum es geht? Dann brauchen Sie nichts zu tun.',
      why: (host) => `Sie erhalten das, weil diese Adresse bei ${host} genannt wurde.`,
    },
    addressMoved: {
      heading: 'Ihre Adresse wurde geändert',
      away: (host, to) =>
        `Beide Postfächer haben zugestimmt: Was mit dieser Adresse bei ${host} gekauft wurde, steht jetzt unter ${to}. Browser, die mit dieser Adresse angemeldet sind, sehen nichts mehr davon. Ihre Software funktioniert weiter.`,
      here: (host, from) => `Was mit ${from} bei ${host} gekauft wurde, steht jetzt unter dieser Adresse.`,
      account: 'Ihr Konto als Mitglied einer Organisation behält diese Adresse.',
      button: 'Ihre Käufe',
      notYou:
        'Sie haben nicht selbst zugestimmt? Schreiben Sie sofort an die, bei denen Sie gekauft haben; dort lässt es sich zurücknehmen.',
      why: (host) => `Sie erhalten das, weil es um Ihre Käufe bei ${host} geht.`,
    },
    keysMoved: {
      away: 'Ihr Lizenzschlüssel wurde weitergegeben',
      hereOne: 'Ein Lizenzschlüssel kam zu Ihrer Adresse',
      hereMany: 'Lizenzschlüssel kamen zu Ihrer Adresse',
      wentAway: (seller, product, address) =>
        `Was bei ${seller} unter dieser Adresse stand (${product === null ? 'Lizenzschlüssel' : `ein Lizenzschlüssel für ${product}`}), wurde an ${address} weitergegeben. Mit dieser Adresse sehen Sie das nicht mehr.`,
      cameHere: (seller, product, address) =>
        `${seller} führt ${product === null ? 'Lizenzschlüssel' : `einen Lizenzschlüssel für ${product}`} von ${address} jetzt unter dieser Adresse.`,
      purchases: 'Ihre Käufe',
      whatToDo: (helper) =>
        `Sie haben das nicht erwartet? Schreiben Sie an ${helper}; dort lässt es sich zurücknehmen.`,
      why: (seller) => `Sie erhalten das, weil Lizenzschlüssel von ${seller} unter dieser Adresse standen oder stehen.`,
    },
    whichDevices: {
      subject: (seller) => `Sind das Ihre Geräte? Ihr Lizenzschlüssel von ${seller}`,
      heading: 'Sind das Ihre Geräte?',
      about: (key, count) =>
        `Ihr Lizenzschlüssel, der auf ${key} endet, wird auf ${count === 1 ? 'einem Gerät' : `${n(count)} Geräten`} benutzt. Bitte sehen Sie nach, ob Sie alle kennen. Ihr Schlüssel funktioniert wie bisher, und kein Gerät wird freigegeben, wenn Sie es nicht sagen.`,
      button: 'Geräte ansehen',
      questions: (helper) => `Fragen? Schreiben Sie an ${helper}.`,
      why: (seller) => `Sie erhalten das, weil Sie einen Lizenzschlüssel von ${seller} haben.`,
    },
    keyOffered: {
      subject: (product, seller) => `Ein Lizenzschlüssel für ${product} wird Ihnen angeboten (${seller})`,
      heading: (product) => `Ein Lizenzschlüssel für ${product}`,
      about: (address, product, seller) =>
        `${address} möchte einen Lizenzschlüssel für ${product} von ${seller} an Sie weitergeben. Er gehört Ihnen, sobald Sie zustimmen: Sie bekommen einen neuen, eigenen Schlüssel, der für niemand anderen gilt.`,
      days: (days) => `Der Link gilt einmal, ${days} Tage lang.`,
      button: 'Angebot ansehen',
      ignore: 'Sie wissen nicht, worum es geht? Dann brauchen Sie nichts zu tun.',
      why: (address) => `Sie erhalten das, weil ${address} Ihre Adresse genannt hat.`,
    },
    offerSent: {
      subject: (product) => `Sie geben Ihren Lizenzschlüssel für ${product} weiter`,
      about: (product, address, days) =>
        `${address} wurde gefragt, ob Ihr Lizenzschlüssel für ${product} dorthin gehen soll. Mit der Zustimmung, innerhalb von ${days} Tagen, gehört er nicht mehr Ihnen: Ihr Schlüssel endet, und mit ihm alle Ihre Geräte. Bis dahin können Sie es auf Ihrer Seite zurücknehmen.`,
      button: 'Schlüssel ansehen',
      notYou: (helper) => `Sie waren das nicht? Nehmen Sie es dort sofort zurück, und schreiben Sie an ${helper}.`,
      why: (seller) => `Sie erhalten das, weil Sie einen Lizenzschlüssel von ${seller} haben.`,
    },
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

  account,
  accountMail,
  storeMail,
}
