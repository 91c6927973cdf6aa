import type { Route } from 'next'
import { Card, CardBody } from '#components/ui/card.tsx'
import { Markdown } from '#components/ui/markdown.tsx'
import { Meter } from '#components/ui/meter.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Status } from '#components/ui/status.tsx'
import { statusLook } from '#lib/license-keys/look.ts'
import type { PurchasedKeyDetail } from '#lib/purchases/own.ts'
import { statusAdvice, statusDetail } from '#lib/purchases/rules.ts'
import type { Words } from '#lib/words/en.ts'
import type { Reader } from '#lib/words/reader.ts'
import { dayFor, endFor } from '#lib/words/rules.ts'
import { handOn, mailKey, rotateKey, withdraw } from './actions.ts'
import { DeviceList } from './device-list.tsx'
import { FoldedForm } from './folded-form.tsx'
import { KeyBox } from './key-box.tsx'
import { MailKeyForm } from './mail-key-form.tsx'
import { KeyQrCode } from './qr-code.tsx'
import { Receipt } from './receipt.tsx'
import { Help, Seller } from './seller.tsx'

/** One key as its owner needs it: the key, how to use it, where it is in use, what is left. */
export function KeyDetails({
  licenseKey: key,
  reader,
  now,
  home,
}: {
  licenseKey: PurchasedKeyDetail
  reader: Reader
  now: Date
  /** The list that it is in. */
  home: Route
}) {
  const { words } = reader
  const { brand } = key
  const zone = reader.zone ?? key.organization.timeZone
  const day = key.expiresAt && endFor(words, key.expiresAt, zone)
  const advice = statusAdvice(key.status, brand.name, day, words)
  const { tone } = statusLook[key.status]
  const works = key.status === 'active' || key.status === 'expiring' || key.status === 'grace'
  return (
    <>
      <Seller brand={brand} words={words} home={home} />
      <h1 className="mt-2 text-pretty font-semibold text-xl tracking-tight">{key.name}</h1>
      <p className="mt-0.5 text-mute">
        <Status tone={tone} label={words.status[key.status]} className="whitespace-normal" />{' '}
        {statusDetail(key.status, day, words)}
      </p>
      {advice && (
        <Notice tone={tone} className="mt-3">
          {advice}
        </Notice>
      )}
      <div className="mt-3 grid grid-cols-1 items-start gap-3.5 md:grid-cols-2">
        <div className="grid min-w-0 grid-cols-1 gap-3.5">
          <KeyBox keyString={key.keyString} words={keyBoxWords(words)} />
          {key.instructions.trim() && (
            <Card>
              <CardBody>
                <h2 className="mb-1 font-medium">{words.key.howTo}</h2>
                <Markdown className="text-mute [&_strong]:font-medium [&_strong]:text-ink">{key.instructions}</Markdown>
              </CardBody>
            </Card>
          )}
          <div className="flex flex-wrap gap-2 *:grow" data-print="hide">
            <MailKeyForm action={mailKey} licenseKeyId={key.id} button={words.key.mail} />
            <Help brand={brand} about={key.name} words={words} />
          </div>
          <KeyQrCode text={key.keyString} words={words} />
          {/* One form in both states, so that it says what the last press came to. */}
          {(key.mayHandOn || key.offer) && (
            <FoldedForm
              licenseKeyId={key.id}
              {...(key.offer
                ? { action: withdraw, title: words.handOn.waitingTitle, button: words.handOn.withdraw, isOpen: true }
                : { action: handOn, title: words.handOn.title, button: words.handOn.button, email: words.handOn.to })}
            >
              {key.offer ? (
                <p className="text-pretty text-mute [overflow-wrap:anywhere]">
                  {words.handOn.waiting(key.offer.to, endFor(words, key.offer.expiresAt, zone))}
                </p>
              ) : (
                <About about={words.handOn.about} warning={words.handOn.warning(key.activations.length)} />
              )}
            </FoldedForm>
          )}
          {key.mayRotate && (
            <FoldedForm
              action={rotateKey}
              licenseKeyId={key.id}
              title={words.rotate.title}
              button={words.rotate.button}
            >
              <About about={words.rotate.about} warning={words.rotate.warning(key.activations.length)} />
            </FoldedForm>
          )}
        </div>
        <div className="grid min-w-0 grid-cols-1 gap-3.5">
          {key.devices.mode !== 'off' && (
            <DeviceList licenseKey={key} works={works} now={now} words={words} zone={zone} />
          )}
          <Usage usage={key.usage} words={words} zone={zone} />
          <Receipt licenseKey={key} words={words} zone={zone} />
        </div>
      </div>
    </>
  )
}

const keyBoxWords = ({ key, frame }: Words) => ({
  ...{ title: key.title, copyKey: key.copyKey, copy: frame.copy, copied: frame.copied, copyFailed: frame.copyFailed },
  ...{ showAll: key.showAll, showLine: key.showLine },
})

const About = ({ about, warning }: { about: string; warning: string }) => (
  <>
    <p className="text-pretty text-mute">{about}</p>
    <p className="text-pretty">{warning}</p>
  </>
)

function Usage({ usage, words, zone }: { usage: PurchasedKeyDetail['usage']; words: Words; zone: string }) {
  const { used, limit, reset, resetsAt } = usage
  if (limit === null && used === 0) return null
  const left = limit === null ? null : Math.max(0, limit - used)
  const say = words.key
  return (
    <Card>
      <CardBody className="relative">
        <h2 className="absolute font-medium">{say.usesIn[reset]}</h2>
        <Meter
          label={say.uses}
          used={used}
          limit={limit}
          words={limit === null ? say.usesUnlimited(used) : say.usesOf(used, limit)}
          wide
          className="text-right"
        />
        {left !== null && (
          <p className="mt-1.5 text-mute">
            {say.left(left)}
            {resetsAt && ` ${say.resets(dayFor(words, resetsAt, zone))}`}
          </p>
        )}
      </CardBody>
    </Card>
  )
}
