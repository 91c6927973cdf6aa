import { use } from 'react'
import { sayMissing } from './missing-part.ts'

/**
 * A part of the interface that is loaded when it is first needed. When it cannot be loaded, the page says so and offers to try
 * again; whoever waits goes on waiting until it is there. A `quiet` part is not worth saying so.
 */
export function later<Part>(load: () => Promise<Part>, quiet = false) {
  let here: Part | undefined
  let isLoading = false
  let isWanted = false
  let arrive: (part: Part) => void
  const arrival = new Promise<Part>((resolve) => {
    arrive = resolve
  })
  const hint = () => {
    if (here || isLoading) return
    isLoading = true
    load().then(
      (part) => {
        here = part
        arrive(part)
      },
      () => {
        isLoading = false
        if (isWanted && !quiet) sayMissing(hint)
      },
    )
  }
  const ready = (): Promise<Part> => {
    isWanted = true
    hint()
    return arrival
  }
  return {
    /** Loads it; for whoever needs it now. */
    ready,
    /** Loads it; for whoever is likely to need it soon. */
    hint,
    /** For components: the part itself, or the Suspense around them waits for it. */
    usePart: (): Part => here ?? use(ready()),
  }
}
