// Next calls this in every browser.

/** Tells the page that it is about to be left for another address: by a link, by a program, by going back. */
export function onRouterTransitionStart(address: string, type: 'push' | 'replace' | 'traverse'): void {
  // Going back, the browser has the address already.
  if (type === 'traverse' || new URL(address, location.href).href !== location.href)
    window.dispatchEvent(new Event('page:leaves'))
}
