// What people read on the pages of their own account, and on the way into it, in German.
import type { AccountWords } from './account-en.ts'

export const account: AccountWords = {
  forgot: {
    title: 'Passwort vergessen',
    about: 'Wir schicken Ihnen einen Link. Er führt zu einer Seite, auf der Sie ein neues Passwort wählen.',
    button: 'Link schicken',
  },
  newPassword: {
    title: 'Neues Passwort wählen',
    before: 'Für',
    after: 'Jeder Browser, der jetzt angemeldet ist, wird abgemeldet.',
    label: 'Neues Passwort',
    hint: 'Mindestens 10 Zeichen. Ein ganzer Satz eignet sich gut.',
    button: 'Passwort festlegen und anmelden',
    rule: 'Mindestens 10 Zeichen, höchstens 200, und keines, das viele benutzen.',
  },
  secondStep: {
    title: 'Zweiter Schritt',
    byApp: 'Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App zeigt, für',
    byOther: 'Nehmen Sie einen Passkey oder einen Ihrer Ersatzcodes, für',
    passkey: 'Passkey benutzen',
    code: 'Code aus der App',
    codeHint: 'Kein Telefon zur Hand? Ein Ersatzcode geht hier auch.',
    recovery: 'Ersatzcode',
    recoveryHint: 'Jeder gilt einmal.',
    other: 'Als jemand anderes anmelden',
    wrong: 'Dieser Code stimmt nicht oder wurde schon benutzt. Geben Sie den ein, den die App jetzt zeigt.',
    wait: (when) => `Zu viele falsche Codes. Versuchen Sie es ${when} wieder.`,
    noPasskey: 'Es wurde kein Passkey benutzt. Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
    wrongPasskey: 'Dieser Passkey gilt hier nicht. Melden Sie sich anders an.',
  },
  page: {
    title: 'Ihr Konto',
    signOut: 'Abmelden',
    dashboard: 'Dashboard',
    purchases: 'Käufe',
    name: 'Name',
    yourName: 'Ihr Name',
    nameHint: 'Andere Mitglieder sehen ihn, und der Verlauf nennt Sie so.',
    saveName: 'Namen speichern',
    saved: 'Gespeichert.',
    nameRule: 'Geben Sie Ihren Namen ein, mit höchstens 80 Zeichen.',
    address: 'E-Mail-Adresse',
    newAddress: 'Neue Adresse',
    newAddressHint:
      'Wir schicken einen Link dorthin. Bis Sie ihn benutzen, ändert sich nichts. Käufe bleiben bei der Adresse, mit der gekauft wurde, bis Sie sie auf der Seite Ihrer Käufe ändern.',
    changeAddress: 'Adresse ändern',
    addressAsked: (email, minutes) => `Ein Link an ${email} ist unterwegs. Er gilt einmal, ${minutes} Minuten lang.`,
    ownAddress: 'Das ist schon Ihre Adresse, oder keine. Geben Sie eine andere ein.',
    password: 'Passwort',
    currentPassword: 'Bisheriges Passwort',
    noPassword: 'Sie haben noch keines und melden sich mit Links per Mail an. Hier können Sie eines festlegen.',
    passwordHint: 'Mindestens 10 Zeichen. Jeder andere Browser wird abgemeldet.',
    changePassword: 'Passwort ändern',
    setPassword: 'Passwort festlegen',
    passwordChanged: (others) =>
      `Ihr Passwort wurde geändert.${others === 0 ? '' : others === 1 ? ' Ein anderer Browser ist abgemeldet.' : ` ${others} andere Browser sind abgemeldet.`}`,
    wrongPassword: 'Das ist nicht Ihr bisheriges Passwort.',
    slow: (when) => `Zu viele Versuche. Versuchen Sie es ${when} wieder.`,
    twoStep: 'Anmelden in zwei Schritten',
    on: 'An',
    since: 'seit',
    twoStepOn: 'Das Anmelden braucht einen zweiten Schritt.',
    twoStepOff: 'Aus. Damit kommt nicht weiter, wer Ihr Passwort erfährt oder Ihre Mails liest.',
    manage: 'Verwalten',
    setUp: 'Einrichten',
    sessions: 'Wo Sie angemeldet sind',
    unknownDevice: 'Unbekanntes Gerät',
    device: (browser, system) => `${browser} unter ${system}`,
    thisBrowser: 'dieser Browser',
    seen: (when, until) => `gesehen ${when}, bis ${until}`,
    endSession: 'Abmelden',
    sessionEnded: 'Er ist schon abgemeldet. Laden Sie die Seite neu.',
    sessionsAbout: (idle, longest) =>
      `Sie werden nach ${idle} Tagen ohne Besuch abgemeldet, und nach ${longest} Tagen in jedem Fall.`,
    everywhere: 'Überall abmelden',
  },

  linked: {
    title: 'Verbundene Anmeldungen',
    added: (name) => `${name} meldet Sie jetzt an.`,
    problems: {
      unverified: 'Dieses Konto hat keine bestätigte E-Mail-Adresse. Bestätigen Sie sie zuerst dort.',
      unknown: 'Dieses Konto ließ sich nicht verbinden. Versuchen Sie es noch einmal.',
      unlinked: 'Dieses Konto ließ sich nicht verbinden. Versuchen Sie es noch einmal.',
      taken: 'Dieses Konto ist hier mit einem anderen verbunden, oder es sind schon zehn.',
      slow: 'Zu viele Versuche aus Ihrem Netz. Versuchen Sie es in einer Minute wieder.',
      failed: 'Nichts wurde verbunden. Versuchen Sie es wieder, wenn Sie so weit sind.',
    },
    since: 'verbunden',
    used: 'benutzt',
    about:
      'Ein verbundenes Konto meldet Sie hier an, was auch aus seiner Adresse wird. Anmelden in zwei Schritten fragt weiter nach dem zweiten.',
    link: (name) => `${name} verbinden`,
    goOn: (name) => `Weiter zu ${name}`,
    unlink: 'Lösen',
    unlinkOne: (name) => `${name} lösen`,
    ask: (name) => `Verbindung zu ${name} lösen?`,
    unlinkAbout:
      'Es meldet Sie dann nicht mehr an, und andere Browser werden abgemeldet. Sie können es hier wieder verbinden.',
    done: (name) => `${name} ist gelöst`,
    gone: 'Die Verbindung ist schon gelöst. Laden Sie die Seite neu.',
  },

  twoStep: {
    asked: (organization) =>
      `${organization} verlangt von allen Mitgliedern, sich in zwei Schritten anzumelden. Richten Sie es hier ein; dann öffnet sich das Dashboard.`,
    about:
      'Nach dem Passwort oder einem Link per Mail braucht das Anmelden dann noch etwas, das Sie haben. Wer Ihr Passwort erfährt oder Ihre Mails liest, kommt nicht weiter.',
    app: 'Authenticator-App',
    onSince: 'An seit',
    begin: {
      about:
        'Sie zeigt sechs Ziffern, die alle dreißig Sekunden wechseln, und braucht keine Verbindung. Nicht eingerichtet.',
      button: 'Authenticator-App einrichten',
    },
    qr: 'QR-Code für Ihre Authenticator-App',
    scan: 'Scannen Sie das mit einer Authenticator-App, etwa der in Ihrem Passwort-Manager. Auf diesem Gerät öffnen Sie stattdessen',
    theApp: 'die App',
    orType: 'oder tippen den Schlüssel ein:',
    setUp: { code: 'Code, den die App zeigt', button: 'Einschalten' },
    wrongCode: 'Dieser Code passt nicht. Geben Sie den ein, den die App jetzt zeigt.',
    appThere: 'Es gibt schon eine Authenticator-App. Schalten Sie das Anmelden in zwei Schritten zuerst aus.',
    beginAgain: 'Beginnen Sie neu: Das wurde inzwischen eingerichtet oder aufgegeben.',
    isOff: 'Das Anmelden in zwei Schritten ist aus.',
    passkeys: 'Ihre Passkeys',
    added: 'hinzugefügt',
    used: 'benutzt',
    notUsed: 'noch nicht benutzt',
    passkeysAbout:
      'Ein Passkey meldet Sie allein an, mit Finger, Gesicht oder PIN, und lässt sich auf keiner falschen Seite verraten. Er zählt als beide Schritte.',
    passkey: {
      name: 'Name des Passkeys',
      nameHint: 'Damit Sie ihn wiedererkennen: das Telefon, der Stick am Schlüsselbund.',
      button: 'Passkey hinzufügen',
      there: 'Dieses Gerät hat schon einen Passkey für Ihr Konto.',
      none: 'Es entstand kein Passkey. Versuchen Sie es wieder, wenn Sie so weit sind.',
    },
    passkeyName: 'Geben Sie einen Namen ein, mit höchstens 60 Zeichen.',
    passkeyRefused: 'Dieser Passkey lässt sich nicht hinzufügen: Er ist schon da, oder es gibt schon zwanzig.',
    passkeyUnchecked: 'Der Passkey ließ sich nicht prüfen. Versuchen Sie es noch einmal.',
    remove: 'Entfernen',
    removeOne: (name) => `${name} entfernen`,
    removeAsk: (name) => `${name} entfernen?`,
    removeAbout:
      'Er meldet Sie dann nicht mehr an, und andere Browser werden abgemeldet. Ohne einen anderen zweiten Schritt ist das Anmelden in zwei Schritten aus.',
    removed: (name) => `${name} ist entfernt`,
    recovery: 'Ersatzcodes',
    noneLeft: 'Keiner ist übrig.',
    left: (count) => (count === 1 ? '1 ist übrig.' : `${count} sind übrig.`),
    recoveryAbout:
      'Jeder meldet Sie einmal an, wenn der zweite Schritt verloren ist. Gezeigt werden sie nur, wenn sie entstehen.',
    makeNew: 'Neue Codes machen',
    codes: {
      keep: 'Bewahren Sie diese Ersatzcodes auf.',
      about:
        'Sie werden nur jetzt gezeigt. Jeder meldet Sie einmal an, wenn Sie Ihr Telefon verlieren; drucken Sie sie, oder legen Sie sie zu Ihren anderen Geheimnissen.',
      copy: 'Codes kopieren',
      kept: 'Ich habe sie aufbewahrt',
    },
    off: 'Ausschalten',
    offAbout:
      'Das Anmelden braucht dann nur einen Schritt. Organisationen, die zwei verlangen, sind Ihnen verschlossen, bis es wieder an ist.',
    offButton: 'Anmelden in zwei Schritten ausschalten',
    offAsk: 'Anmelden in zwei Schritten ausschalten?',
    offWarning:
      'Ihre Authenticator-App, Passkeys und Ersatzcodes öffnen dann nichts mehr, und andere Browser werden abgemeldet. Sie erfahren es auch per Mail.',
    offDone: 'Das Anmelden in zwei Schritten ist aus',
  },

  newOrganization: {
    title: 'Neue Organisation',
    about: (email) => `Mit eigenen Schlüsseln, Kunden und Einstellungen. Sie gehört ${email}.`,
    closed: 'Hier entstehen keine neuen Organisationen',
    closedAbout: (email) => `Angemeldet als ${email}. Neue Organisationen legt an, wer diesen Server betreibt.`,
    fields: {
      name: 'Name der Organisation',
      nameHint: 'Der Name, den Ihre Kunden kennen.',
      slug: 'Adresse des Dashboards',
    },
    nameRule: 'Geben Sie den Namen ein, den Ihre Kunden kennen, mit höchstens 80 Zeichen.',
    slugRule:
      'Wählen Sie eine andere: 2 bis 40 Buchstaben, Ziffern und einzelne Striche, etwa inkwell-software. Diese ist vergeben oder hat andere.',
    tooMany:
      'Jetzt geht keine weitere: Die Adresse Ihres Kontos ist nicht bestätigt, Sie haben heute schon mehrere angelegt, oder es sind zu viele.',
    button: 'Organisation anlegen',
  },

  confirmNewAddress: {
    title: 'Adresse bestätigen',
    before: 'Ab jetzt melden Sie sich an als',
    insteadOf: 'statt als',
    after: 'Andere Browser werden abgemeldet.',
    button: 'Diese Adresse nehmen',
    leave: 'Lassen, wie es ist',
    over: 'Dieser Link gilt nicht mehr',
    overAbout: (email) =>
      `Er wurde schon benutzt, ist abgelaufen, wurde nicht ganz kopiert oder gehört zu einem anderen Konto als ${email}.`,
    used: 'Dieser Link wurde schon benutzt, ist abgelaufen oder gehört zu einem anderen Konto.',
    taken: 'Es gibt ein anderes Konto mit dieser Adresse. Melden Sie sich dort an.',
  },

  invitation: {
    title: 'Einladung',
    over: 'Diese Einladung gilt nicht mehr',
    overAbout:
      'Sie wurde schon benutzt oder zurückgezogen, ist abgelaufen oder wurde nicht ganz kopiert. Wer Sie eingeladen hat, kann eine neue schicken.',
    goOn: 'Weiter',
    signIn: 'Anmelden',
    join: (organization) => `${organization} beitreten`,
    before: (inviter) => `${inviter} lädt`,
    after: {
      owner: 'ein, als Owner: darf alles, auch Owner und das Sicherheitsprotokoll.',
      admin: 'ein, als Admin: darf alles außer Ownern, den Grenzen des Supports und dem Sicherheitsprotokoll.',
      support: 'ein, als Support: hilft Kunden mit ihren Schlüsseln, in den Grenzen, die ein Owner setzt.',
      viewer: 'ein, als Viewer: sieht alles außer den Schlüsseln selbst.',
    },
    otherAccount: (mine, invited) =>
      `Sie sind angemeldet als ${mine}. Melden Sie sich zuerst ab, und öffnen Sie die Einladung wieder als ${invited}.`,
    hasAccount: 'Es gibt schon ein Konto mit dieser Adresse. Melden Sie sich an, um beizutreten.',
    signInFirst: 'Es gibt ein Konto mit dieser Adresse. Melden Sie sich an, und öffnen Sie die Einladung noch einmal.',
    notYours: 'Diese Einladung ist für eine andere Adresse. Melden Sie sich mit jener an.',
    form: {
      name: 'Ihr Name',
      password: 'Passwort',
      hint: 'Mindestens 10 Zeichen. Ein ganzer Satz eignet sich gut.',
      button: 'Beitreten',
    },
    goOnWith: (provider) => `Weiter mit ${provider}`,
  },

  anotherWay: {
    title: 'Anders anmelden',
    only: (organization, ways) =>
      ways
        ? `${organization} lässt Mitglieder nur auf diesem Weg ein: ${ways}.`
        : `${organization} lässt Mitglieder nur auf bestimmten Wegen ein.`,
    you: (way) => `Ihr Weg war: ${way}.`,
    ways: { password: 'Passwort', mail: 'Link oder Code per Mail', passkey: 'mit Passkey' },
    none: 'Keiner der erlaubten Wege ist auf diesem Server noch eingerichtet. Wer ihn betreibt, kann einen einrichten oder Sie mit einem Link von der Konsole einlassen.',
    passkey: 'Mit Passkey anmelden',
    form: { password: 'Passwort', signIn: 'Anmelden', mail: 'Link und Code schicken' },
    noPasskey: 'Sie haben noch keinen Passkey. Fügen Sie einen hinzu; dann kommen Sie zurück und melden sich damit an.',
    noPassword:
      'Sie haben noch kein Passwort. Legen Sie eines unter „Ihr Konto“ fest; dann kommen Sie zurück und melden sich damit an.',
    addPasskey: 'Passkey hinzufügen',
    setPassword: 'Passwort festlegen',
    dashboardOf: (organization) => `Dashboard von ${organization}`,
    first:
      'Eine Ihrer Organisationen lässt Sie nur auf einem anderen Weg ein. Melden Sie sich zuerst so an; dann können Sie das ändern.',
  },

  proof: {
    code: {
      label: 'Code aus der App',
      description: 'Zeigen Sie, dass Sie es sind: mit den sechs Ziffern Ihrer Authenticator-App oder einem Ersatzcode.',
    },
    password: {
      label: 'Ihr Passwort',
      description: 'Zeigen Sie, dass Sie es sind: Ihre Anmeldung ist eine Weile her.',
    },
    passkey: { description: 'Zeigen Sie, dass Sie es sind: Ihre Anmeldung ist eine Weile her.' },
    link: {
      description:
        'Zeigen Sie, dass Sie es sind: Sie haben hier kein Passwort. Melden Sie sich ab und wieder an, dann tun Sie dies innerhalb von 10 Minuten.',
    },
    wrong: 'Das stimmte nicht. Versuchen Sie es noch einmal; nach mehreren falschen warten Sie einige Minuten.',
    usePasskey: 'Passkey benutzen',
    noPasskey: 'Es wurde kein Passkey benutzt. Versuchen Sie es noch einmal.',
  },
}
