'use client'
import type { ReactNode } from 'react'
import { Markdown } from '#components/ui/markdown.tsx'
import { Meter } from '#components/ui/meter.tsx'
import { Status } from '#components/ui/status.tsx'
import { endInWords, longDay } from '#lib/base/days.ts'
import { describeConfiguration } from '#lib/key-configurations/rules.ts'
import type { KeyConfigurationSettings } from '#lib/key-configurations/schema.ts'
import { sampleKeyString } from '#lib/license-keys/plain.ts'
import { effectiveLimits, expiryAt, usageResetsAt } from '#lib/license-keys/rules.ts'
import { factsInWords } from '#lib/mailer/rules.ts'

const noOverrides = {
  activationsModeOverride: null,
  activationLimitOverride: null,
  usageOverridden: false,
  usageLimitOverride: null,
  graceDaysOverride: null,
}

/** What these settings will look like to a customer, while they are still being chosen. */
export function SamplePanel({
  settings,
  organization,
  products,
  now,
}: {
  settings: KeyConfigurationSettings
  organization: { name: string; supportEmail: string | null; timeZone: string }
  products: { id: string; name: string }[]
  now: Date
}) {
  const key = sampleKeyString(settings.format, settings.prefix)
  const product = products.find(({ id }) => settings.productIds.includes(id))?.name ?? (settings.name || 'Your product')
  const limits = effectiveLimits(noOverrides, settings)
  const { timeZone } = organization
  const expiresAt = expiryAt(settings, 'issue', now, timeZone)
  const until = expiresAt
    ? `until ${endInWords(expiresAt, timeZone)}`
    : settings.expiryKind === 'duration'
      ? `until ${describeConfiguration(settings).expiry}`
      : 'never expires'
  const facts = factsInWords({
    ...settings,
    limits,
    expiresAt,
    expiryOverridden: false,
    firstActivatedAt: null,
    timeZone,
  })
  return (
    <aside aria-label="Sample" className="border-line @max-4xl:border-t @4xl:border-l">
      {/* Beside a long form it stays in view. */}
      <div className="scroll-thin grid grid-cols-[minmax(0,1fr)] content-start gap-5 px-4 pt-1.5 pb-8 @max-4xl:pt-6 sm:px-6 @4xl:sticky @4xl:top-0 @4xl:max-h-dvh @4xl:overflow-y-auto @4xl:px-5">
        <Part title="The key">
          <p className="break-all rounded-[8px] bg-line2 px-3 py-2.5 font-mono text-sm">{key}</p>
        </Part>
        <Part title="The mail">
          <div className="overflow-hidden rounded-card border border-line bg-panel shadow-soft">
            <p className="border-line2 border-b px-3.5 py-2">
              <span className="text-mute">{organization.name}</span>
              <br />
              <span className="font-medium">Your license key for {product}</span>
            </p>
            <div className="grid grid-cols-[minmax(0,1fr)] gap-2 px-3.5 py-3">
              <p>Thank you. This is your license key:</p>
              <p className="break-all rounded-sm bg-line2 px-2.5 py-2 font-mono text-xs">{key}</p>
              <ul className="text-mute text-sm">
                {facts.map((fact) => (
                  <li key={fact}>{fact}</li>
                ))}
              </ul>
              {settings.instructions.trim() && (
                <div>
                  <p className="mb-1 font-medium">How to activate</p>
                  <Markdown>{settings.instructions}</Markdown>
                </div>
              )}
            </div>
          </div>
        </Part>
        <Part title="The customer’s page">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-card border border-line bg-bg p-3.5 shadow-soft">
            <div>
              <p className="font-semibold text-md">{product}</p>
              <p className="flex flex-wrap items-center gap-x-1.5">
                <Status tone="ok" label="Active" />
                <span className="text-mute">{until}</span>
              </p>
            </div>
            <p className="truncate rounded-control bg-line2 px-2.5 py-2 font-mono text-xs">{key}</p>
            {limits.activations.mode !== 'off' && <Devices settings={settings} />}
            {limits.usage.limit !== null && (
              <div className="rounded-control border border-line bg-panel px-3 py-2.5">
                <p className="mb-0.5 font-medium">{usageLabel(settings)}</p>
                <Meter label={usageLabel(settings)} used={0} limit={limits.usage.limit} wide />
                {limits.usage.reset !== 'never' && (
                  <p className="mt-1 text-mute text-sm">
                    Resets on {longDay(usageResetsAt(limits.usage.reset, now) ?? now, 'UTC')}
                  </p>
                )}
              </div>
            )}
          </div>
        </Part>
      </div>
    </aside>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-1.5 font-medium text-mute text-sm">{title}</h2>
      {children}
    </section>
  )
}

const usageLabel = ({ usageReset }: KeyConfigurationSettings) =>
  usageReset === 'never' ? 'Uses' : usageReset === 'day' ? 'Uses today' : `Uses this ${usageReset}`

function Devices({ settings }: { settings: KeyConfigurationSettings }) {
  const used = Math.min(settings.activationLimit ?? 2, 2)
  return (
    <div className="overflow-hidden rounded-control border border-line bg-panel">
      <p className="flex justify-between border-line2 border-b px-3 py-2">
        <span className="font-medium">Devices</span>
        <span className="text-mute">
          {settings.activationsMode === 'limited' && settings.activationLimit !== null
            ? `${used} of ${settings.activationLimit.toLocaleString('en')}`
            : used}
        </span>
      </p>
      {['Studio iMac', 'ThinkPad X1'].slice(0, used).map((device) => (
        <p
          key={device}
          className="flex min-h-[41px] items-center justify-between gap-2 border-line2 border-t px-3 py-1.5 first-of-type:border-t-0"
        >
          <span className="truncate">{device}</span>
          {settings.customerMayDeactivate && (
            <span className="rounded-control border border-line bg-raise px-2 py-0.5 font-medium text-sm shadow-soft">
              Deactivate
            </span>
          )}
        </p>
      ))}
    </div>
  )
}
