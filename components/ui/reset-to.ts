/**
 * A ref for a box or radio button whose state a program keeps. React resets a form once its action has answered, also with a refusal: to what
 * was checked when the page came, and without telling the program. This is what it is reset to instead.
 */
export const resetTo =
  (checked: boolean | undefined) =>
  (input: HTMLInputElement | null): void => {
    if (input && checked !== undefined) input.defaultChecked = checked
  }
