// What owners are mailed about a store that does not work, in English. Their names of it stand in for it: “Gumroad (Shop)”.

export const storeMail = {
  refused: {
    heading: (store: string) => `What ${store} sends is refused`,
    text: (store: string, since: string) =>
      `Nothing that ${store} has sent since ${since} could be believed or read. Most often the secret that it signs with is not the one that was entered here. Whoever buys meanwhile gets no key.`,
    next: 'The page of the store says why the last request was refused. Most stores send again for some days; what they gave up is read from their API, where access to it is set up.',
  },
  access: {
    heading: (store: string) => `${store} no longer accepts its API access`,
    text: (store: string) =>
      `${store} does not accept the API access that was entered here. What it fails to deliver is not noticed until this is mended.`,
    next: 'Make a new one in the store, and enter it at the page of the store. The next reading brings what was missed.',
  },
  failing: {
    heading: (store: string) => `What ${store} sent could not be handled`,
    text: (store: string, since: string) =>
      `Since ${since}, deliveries of ${store} have come that were tried several times and given up. There may be buyers without a key among them.`,
    next: 'Each of them stands at the page of the store, with what went wrong. They can be handled again there.',
  },
  silent: {
    heading: (store: string) => `${store} has said nothing for long`,
    text: (store: string, since: string) =>
      `The last that ${store} sent came on ${since}, and it is not silent for so long usually. Perhaps nothing was sold. It may also send elsewhere, or have given up.`,
    next: 'See in the store whether its webhook is switched on and names the address that stands at the page of the store.',
  },
  button: 'See the store',
  why: (organization: string) => `You are receiving this because you are an owner of ${organization}.`,
}
export type StoreMail = typeof storeMail
