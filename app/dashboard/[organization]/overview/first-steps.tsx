import { Check } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader } from '#components/ui/card.tsx'
import { cx } from '#components/ui/cx.ts'
import { roleMay } from '#lib/base/permissions.ts'
import type { FirstSteps } from '#lib/overview/rules.ts'
import * as paths from '#lib/web/paths.ts'
import type { Role } from '#prisma/enums.ts'
import type { Mail } from './notices.tsx'

/** What a new organization does first; what is done ticks itself. */
export function FirstStepsCard({
  steps,
  mail,
  organization,
  role,
}: {
  steps: FirstSteps
  mail: Mail
  organization: string
  role: Role
}) {
  const all = [
    {
      done: steps.configuration,
      ready: roleMay(role, 'catalogue.write'),
      title: 'Create a key configuration',
      text: 'What keys look like, when they expire, and how many devices can use one.',
      button: 'Create',
      href: paths.newKeyConfiguration({ organization }),
    },
    {
      done: steps.key,
      ready: steps.configuration && roleMay(role, 'keys.write'),
      title: 'Issue a key',
      text: 'By hand, to yourself, to try it out.',
      button: 'Issue',
      href: paths.newLicenseKey({ organization }),
    },
    {
      done: steps.validation,
      ready: steps.key && roleMay(role, 'keys.write'),
      title: 'Validate it',
      text: 'From your software, or with the curl line that is shown when a key is issued.',
      button: 'Issue another',
      href: paths.newLicenseKey({ organization }),
    },
    {
      done: steps.product,
      ready: roleMay(role, 'catalogue.write'),
      title: 'Create a product',
      text: 'What you sell. It grants one or more kinds of keys.',
      button: 'Create',
      href: paths.newProduct({ organization }),
    },
    {
      done: steps.store,
      ready: roleMay(role, 'stores.write'),
      title: 'Connect a store',
      text: 'If you sell at one: a sale then issues and mails its key by itself.',
      button: 'Connect',
      href: paths.newStore({ organization }),
    },
    {
      done: mail.way === 'sent',
      ready: false,
      title: 'Set up mail',
      text:
        mail.way === 'kept'
          ? 'This demo keeps what it would send in its outbox.'
          : 'So that keys and sign-in links reach your customers: SMTP_URL, in the settings of this server.',
      button: '',
      href: paths.mail({ organization }),
    },
  ]
  const next = all.find((step) => !step.done)
  const done = all.filter((step) => step.done).length
  return (
    <Card>
      <CardHeader title="First steps">
        {done} of {all.length} done
      </CardHeader>
      <ol>
        {all.map((step, at) => (
          <li
            key={step.title}
            className="flex items-center gap-3.5 border-line2 border-t px-3.5 py-3 first:border-t-0 max-sm:flex-wrap"
          >
            <span
              aria-hidden="true"
              className={cx(
                'grid size-6 shrink-0 place-items-center rounded-full border font-medium text-sm',
                step.done ? 'border-transparent bg-okbg text-ok' : 'border-line text-mute',
              )}
            >
              {step.done ? <Check size={13} /> : at + 1}
            </span>
            <span className="min-w-0 flex-1">
              <span className={cx('font-medium', step.done && 'text-mute line-through decoration-line')}>
                {step.title}
              </span>
              {step.done && <span className="sr-only"> (done)</span>}
              <span className="block text-mute">{step.text}</span>
            </span>
            {!step.done && step.ready && (
              <Button
                size="sm"
                variant={step === next ? 'primary' : 'secondary'}
                href={step.href}
                aria-label={step.button === 'Issue another' ? undefined : step.title}
              >
                {step.button}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}
