/**
 * Says of a field that its value was changed. Of what people type into, the browser says so by itself; a list or a number has its value in a
 * hidden input, of which it says nothing.
 */
export function tellForm(control: { form: HTMLFormElement | null } | null, name: string | undefined): void {
  const field = name ? control?.form?.elements.namedItem(name) : null
  if (field instanceof Element) field.dispatchEvent(new Event('input', { bubbles: true }))
}
