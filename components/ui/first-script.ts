/** Runs before anything is painted: puts the chosen theme on the document and keeps it there. Choices come as `theme:choose`. */
const keepTheme = () => {
  const root = document.documentElement
  const system = matchMedia('(prefers-color-scheme: dark)')
  let chosen = 'system'
  const read = () => {
    // Storage may be forbidden; a choice then lasts as long as the page.
    try {
      chosen = localStorage.getItem('theme') || chosen
    } catch {}
  }
  const put = () => {
    const dark = chosen === 'dark' || (chosen !== 'light' && system.matches)
    // Colors change at once; nothing fades from one theme to the other.
    const still = document.createElement('style')
    still.textContent = '*,*::before,*::after{transition:none!important}'
    document.head.append(still)
    root.classList.toggle('dark', dark)
    root.classList.toggle('light', !dark)
    root.style.colorScheme = dark ? 'dark' : 'light'
    root.dataset.theme = chosen
    dispatchEvent(new Event('theme'))
    getComputedStyle(root).opacity
    setTimeout(() => still.remove(), 1)
  }
  addEventListener('theme:choose', (event) => {
    chosen = (event as CustomEvent<string>).detail
    try {
      localStorage.setItem('theme', chosen)
    } catch {}
    put()
  })
  addEventListener('storage', ({ key }) => {
    if (key !== 'theme') return
    read()
    put()
  })
  system.addEventListener('change', put)
  read()
  put()
}

/** Tells the server where its reader is, for dates on the pages of customers: no header does (lib/words/plain.ts). Others need no cookie. */
const tellZone = () => {
  if (!/^\/(login|purchases|devices|reminders)(\/|$)/.test(location.pathname)) return
  try {
    const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)
    if (!document.cookie.split('; ').includes(`latchkey-zone=${zone}`))
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere, and this runs before anything else
      document.cookie = `latchkey-zone=${zone};path=/;max-age=31536000;samesite=lax`
  } catch {}
}

/**
 * Keeps what is typed and pressed before the page's own scripts are there. React fills text boxes anew when it takes the page over: a text area
 * falls back to what it was sent with, a cursor or a selection is lost, and controlled fields know nothing of what was typed. So a
 * box that has the focus is shielded until then, and what was typed is told afterwards. `page:reload` reloads the page and puts what was
 * typed back likewise; secrets and files are not kept.
 */
const keepTyping = () => {
  type Control = HTMLInputElement | HTMLTextAreaElement
  const isControl = (target: unknown): target is Control =>
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
  const shielded = new Set<unknown>()
  const typed = new Set<Control>()
  const unshield: (() => void)[] = []
  const native = (kind: object, name: string) => Object.getOwnPropertyDescriptor(kind, name) as PropertyDescriptor
  for (const kind of [HTMLInputElement.prototype, HTMLTextAreaElement.prototype])
    for (const name of ['value', 'defaultValue']) {
      const own = native(kind, name)
      Object.defineProperty(kind, name, {
        ...own,
        set(value) {
          if (!shielded.has(this)) own.set?.call(this, value)
        },
      })
      unshield.push(() => Object.defineProperty(kind, name, own))
    }
  const until = new AbortController()
  const early = { capture: true, signal: until.signal }
  addEventListener('focusin', ({ target }) => isControl(target) && shielded.add(target), early)
  addEventListener('input', ({ target }) => isControl(target) && typed.add(target), early)
  // A button that sends a form does so without scripts; any other that React has not heard is pressed again for it.
  let pressed: HTMLButtonElement | null = null
  // React knows a button as soon as it draws it, and hears it only once the whole page is taken over; what is clicked between is lost.
  type Fiber = { return: Fiber | null; stateNode: { current?: { memoizedState?: { isDehydrated?: boolean } } } }
  const heard = (element: Element) => {
    const name = Object.keys(element).find((each) => each.startsWith('__reactFiber'))
    let fiber = name ? (element as unknown as Record<string, Fiber | undefined>)[name] : undefined
    while (fiber?.return) fiber = fiber.return
    return fiber !== undefined && !fiber.stateNode.current?.memoizedState?.isDehydrated
  }
  addEventListener(
    'click',
    ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLButtonElement>('button[type=button]') : null
      if (button && !heard(button)) pressed = button
    },
    { signal: until.signal },
  )

  const isChosen = ({ type }: Control) => type === 'checkbox' || type === 'radio'
  const tell = (control: Control) => {
    // The first makes React take over the part of the page around it, if it has not yet. It ignores a value that it has seen, so it is
    // made to forget that; the second is then news.
    control.dispatchEvent(new Event('input', { bubbles: true }))
    shielded.delete(control)
    const { _valueTracker: seen } = control as { _valueTracker?: { setValue: (value: string) => void } }
    if (isChosen(control)) seen?.setValue(String(!(control as HTMLInputElement).checked))
    else seen?.setValue(`${control.value}.`)
    control.dispatchEvent(new Event(isChosen(control) ? 'click' : 'input', { bubbles: true }))
  }

  // Of the same name there may be several, so each is known by its place among them.
  const named = () => {
    const counts: Record<string, number> = {}
    return [...document.querySelectorAll<Control>('input[name],textarea[name]')]
      .map((control) => {
        counts[control.name] = (counts[control.name] ?? 0) + 1
        return { control, called: `${control.name} ${counts[control.name]}` }
      })
      .filter(({ control }) => !['password', 'hidden', 'file'].includes(control.type))
  }
  const stateOf = (control: Control) => (isChosen(control) ? (control as HTMLInputElement).checked : control.value)
  addEventListener('page:reload', () => {
    const kept = named().map(({ control, called }) => [called, stateOf(control)])
    try {
      sessionStorage.setItem('typed', JSON.stringify([location.pathname, Object.fromEntries(kept)]))
      // Nothing is lost, so no form has to ask. Where storage is forbidden, it does.
      dispatchEvent(new Event('page:kept'))
    } catch {}
    location.reload()
  })
  const afterReload = async () => {
    const [page, kept] = JSON.parse(sessionStorage.getItem('typed') || '[]')
    sessionStorage.removeItem('typed')
    if (page !== location.pathname) return
    // Some boxes are only there once something is chosen.
    for (const chosen of [true, false])
      for (const { control, called } of named()) {
        const was = kept[called]
        if (isChosen(control) !== chosen || was === undefined || was === stateOf(control)) continue
        if (chosen) control.click()
        else {
          native(Object.getPrototypeOf(control), 'value').set?.call(control, was)
          tell(control)
        }
        await oneAtATime()
      }
  }
  // A form that keeps all its fields together has to have drawn one before it hears of the next.
  const oneAtATime = () => new Promise((resolve) => setTimeout(resolve))
  addEventListener(
    'page:ready',
    async () => {
      until.abort()
      for (const control of typed) {
        await oneAtATime()
        if (control.isConnected) tell(control)
      }
      shielded.clear()
      for (const lift of unshield) lift()
      if (pressed?.isConnected) pressed.click()
      await afterReload().catch(() => {})
    },
    { once: true },
  )
}

/** The text of the script that runs before anything else on every page. */
export const firstScript = `(${keepTheme.toString()})();(${keepTyping.toString()})();(${tellZone.toString()})()`
