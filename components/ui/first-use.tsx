'use client'
import {
  type ComponentProps,
  cloneElement,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react'

/** What somebody did with a button before the part that answers was there. */
export type FirstUse =
  | { type: 'press'; pointer: string | null; x: number; y: number }
  | { type: 'key'; key: 'ArrowDown' | 'ArrowUp' }

export type Trigger = ReactElement<ComponentProps<'button'>>

/**
 * The button of a menu or popover while nobody has used it: alone, without the code of what it opens. That is fetched
 * when a pointer comes near or focus arrives; `children` then takes the button's place and repeats what was done.
 */
export function UntilUsed({
  trigger,
  popup,
  part,
  children,
}: {
  trigger: ReactElement
  popup: 'menu' | 'dialog'
  part: { ready: () => Promise<unknown>; hint: () => void }
  children: (first: FirstUse) => ReactNode
}) {
  const [first, setFirst] = useState<FirstUse | null>(null)
  const pointer = useRef<string | null>(null)
  if (first) return children(first)
  const open = (use: FirstUse) => void part.ready().then(() => setFirst((old) => old ?? use))
  return cloneElement(trigger as Trigger, {
    'aria-haspopup': popup,
    'aria-expanded': false,
    onPointerEnter: part.hint,
    onFocus: part.hint,
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
      pointer.current = event.pointerType
      part.hint()
    },
    onClick: (event: MouseEvent<HTMLButtonElement>) =>
      open({ type: 'press', pointer: event.detail === 0 ? null : pointer.current, x: event.clientX, y: event.clientY }),
    onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => {
      if (popup !== 'menu' || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return
      event.preventDefault()
      open({ type: 'key', key: event.key })
    },
  })
}

/** Repeats the first use on the button that has taken the place of the one that was used, so that it opens as ever. */
export function useRepeated(first: FirstUse): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null)
  const done = useRef(false)
  useEffect(() => {
    const element = button.current
    if (!element || done.current) return
    done.current = true
    // Unless somebody has gone on meanwhile: focus is nowhere, as the button that had it is gone.
    if (document.activeElement === document.body) element.focus({ preventScroll: true })
    const common = { bubbles: true, cancelable: true }
    if (first.type === 'key') element.dispatchEvent(new KeyboardEvent('keydown', { ...common, key: first.key }))
    else if (first.pointer === null) element.click()
    else {
      const at = { ...common, detail: 1, button: 0, clientX: first.x, clientY: first.y }
      const of = {
        ...at,
        pointerType: first.pointer,
        pointerId: 1,
        width: 1,
        height: 1,
        pressure: 0.5,
        isPrimary: true,
      }
      element.dispatchEvent(new window.PointerEvent('pointerdown', { ...of, buttons: 1 }))
      element.dispatchEvent(new window.MouseEvent('mousedown', { ...at, buttons: 1 }))
      element.dispatchEvent(new window.PointerEvent('pointerup', { ...of, pressure: 0 }))
      element.dispatchEvent(new window.MouseEvent('mouseup', at))
      element.dispatchEvent(new window.MouseEvent('click', at))
    }
  }, [first])
  return button
}

/** The button of a window over the page; it stays the same one while that is fetched, opened and closed. */
export function windowTrigger(
  trigger: ReactElement,
  button: RefObject<HTMLButtonElement | null>,
  open: boolean,
  onOpen: () => void,
  hint: () => void,
) {
  return cloneElement(trigger as Trigger, {
    ref: button,
    'aria-haspopup': 'dialog',
    'aria-expanded': open,
    ...(open && { 'data-popup-open': '' }),
    onPointerEnter: hint,
    onFocus: hint,
    onClick: onOpen,
  })
}
