// What merchants do all day, by somebody whose mouse is unplugged: the focus is always on something that shows it, and stays near after what was done.
import type { Locator, Page } from '@playwright/test'
import { newId } from '#lib/base/ids.ts'
import { prisma } from '#lib/database/client.ts'
import { expect, test } from '../browser.ts'
import { makeOrganization } from '../organization.ts'
import { signIn } from '../session.ts'

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

/** What has the focus: where it is, and whether anybody could see that. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement
    // A box or a card around a control may show it for the control.
    let [ring, around] = [false, element as HTMLElement | null]
    for (let steps = 0; around && !ring && steps < 4; steps++, around = around.parentElement) {
      const { outlineStyle, outlineWidth } = getComputedStyle(around)
      ring = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
    }
    const box = element.getBoundingClientRect()
    return {
      name: `${element.tagName} ${element.id} ${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}`,
      isNowhere: element === document.body,
      // The beginning of the content is a place to start from, not a control.
      isPlace: element.tabIndex < 0,
      hasRing: ring,
      isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    }
  })

/** Presses Tab until this has the focus; every stop on the way is in view and shows that it has it. */
async function tabTo(page: Page, target: Locator, most = 40) {
  await expect(target).toBeVisible()
  const way: string[] = []
  for (let presses = 0; presses < most; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
    const { name, isNowhere, isPlace, hasRing, isInView } = await focused(page)
    way.push(name)
    if (isNowhere || isPlace) continue
    expect(hasRing, `shows the focus: ${name}`).toBe(true)
    expect(isInView, `in view: ${name}`).toBe(true)
  }
  throw new Error(`Tab does not lead to ${target}:\n${way.join('\n')}`)
}

test('a configuration is created, a key issued and disabled by keyboard alone', async ({ page, context }) => {
  const shop = await makeOrganization()
  await signIn(context, shop.merchant)
  const { keyboard } = page
  const main = page.getByRole('main')
  const button = (name: string | RegExp) => main.getByRole('button', { name, exact: true })

  await page.goto(`/dashboard/${shop.slug}/key-configurations`)
  await tabTo(page, main.getByRole('link', { name: /New configuration|Create/ }).first())
  await keyboard.press('Enter')
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toBeVisible()
  // Another page: its content is where one goes on, not the navigation.
  await tabTo(page, name, 6)
  await keyboard.type('Without a mouse')
  const activations = page.getByRole('group', { name: 'Activations' })
  await tabTo(page, activations.getByRole('radio').and(page.locator(':checked')))
  for (let i = 0; i < 4 && !(await activations.getByRole('radio', { name: 'Limited', exact: true }).isChecked()); i++)
    await keyboard.press('ArrowDown')
  await tabTo(page, page.getByLabel('Device limit'))
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('2')
  await tabTo(page, button('Review'))
  await keyboard.press('Enter')
  await expect(button('Save configuration')).toBeVisible()
  await tabTo(page, button('Save configuration'), 20)
  await keyboard.press('Space')
  await expect(heading(page, 'Without a mouse')).toBeVisible()
  await expect.poll(() => focused(page).then(({ isNowhere }) => isNowhere)).toBe(false)

  // The command menu goes anywhere.
  await keyboard.press('ControlOrMeta+k')
  const words = page.getByRole('dialog', { name: 'Search or jump' }).getByRole('combobox')
  await expect(words).toBeFocused()
  await keyboard.type('Issue a')
  await expect(page.getByRole('option', { name: /^Issue a/ }).first()).toBeVisible()
  await keyboard.press('Enter')
  await expect(heading(page, /^Issue/)).toBeVisible()
  await tabTo(page, page.getByLabel('E-mail'), 20)
  const customer = `keys-${newId().slice(-12)}@example.com`
  await keyboard.type(customer)
  await keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'Key issued' })).toBeVisible()
  // The form is gone; what was made of it is at hand.
  await expect(button('Copy key')).toBeFocused()
  await tabTo(page, main.getByRole('link', { name: 'Open key' }), 2)
  await keyboard.press('Enter')

  await expect(button('Disable')).toBeVisible()
  await tabTo(page, button('Disable'), 12)
  await keyboard.press('Enter')
  const asks = page.getByRole('dialog', { name: /^Disable / })
  await expect(asks).toBeVisible()
  await expect.poll(() => asks.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  // Taken back first: the button has the focus again.
  await keyboard.press('Escape')
  await expect(asks).toBeHidden()
  await expect(button('Disable')).toBeFocused()
  await keyboard.press('Space')
  await tabTo(page, asks.getByLabel('Reason'), 6)
  await keyboard.type('Chargeback')
  await keyboard.press('Enter')
  await expect(asks).toBeHidden()
  await expect(button('Enable')).toBeVisible()
  // Its button is gone, and the focus is beside where it was.
  await expect
    .poll(() =>
      main.evaluate((element) => element.contains(document.activeElement) && element !== document.activeElement),
    )
    .toBe(true)
  await tabTo(page, button('Enable'), 4)
  const { status } = await prisma.licenseKey.findFirstOrThrow({ where: { customer: { email: customer } } })
  expect(status).toBe('disabled')
})
