// What owners are mailed about a store that does not work, in German.
import type { StoreMail } from './store-mail-en.ts'

export const storeMail: StoreMail = {
  refused: {
    heading: (store) => `Was ${store} sendet, wird abgewiesen`,
    text: (store, since) =>
      `Nichts, was ${store} seit ${since} gesendet hat, ließ sich prüfen oder lesen. Meist unterschreibt der Shop mit einem anderen Geheimnis, als hier eingetragen ist. Wer inzwischen kauft, bekommt keinen Schlüssel.`,
    next: 'Warum die letzte Anfrage abgewiesen wurde, steht auf der Seite des Shops. Die meisten Shops senden einige Tage lang erneut; was sie aufgegeben haben, wird aus ihrer API gelesen, wo ein Zugang dazu eingerichtet ist.',
  },
  access: {
    heading: (store) => `${store} nimmt den API-Zugang nicht mehr an`,
    text: (store) =>
      `${store} nimmt den hier eingetragenen API-Zugang nicht an. Bis das behoben ist, fällt nicht auf, was der Shop nicht zustellt.`,
    next: 'Legen Sie dort einen neuen Zugang an und tragen Sie ihn auf der Seite des Shops ein. Das nächste Lesen holt nach, was fehlte.',
  },
  failing: {
    heading: (store) => `Was ${store} gesendet hat, ließ sich nicht verarbeiten`,
    text: (store, since) =>
      `Seit ${since} kamen Zustellungen von ${store}, die mehrmals versucht und dann aufgegeben wurden. Darunter können Käufe sein, zu denen noch ein Schlüssel fehlt.`,
    next: 'Jede davon steht auf der Seite des Shops, mit dem, was schiefging. Dort lassen sie sich noch einmal verarbeiten.',
  },
  silent: {
    heading: (store) => `${store} hat lange nichts gesendet`,
    text: (store, since) =>
      `Das Letzte von ${store} kam am ${since}; so lange schweigt der Shop sonst nicht. Vielleicht wurde nichts verkauft. Vielleicht sendet er auch woandershin oder hat aufgegeben.`,
    next: 'Sehen Sie im Shop nach, ob sein Webhook eingeschaltet ist und die Adresse nennt, die auf der Seite des Shops steht.',
  },
  button: 'Shop ansehen',
  why: (organization) => `Sie erhalten diese Mail, weil ${organization} Ihnen gehört.`,
}
