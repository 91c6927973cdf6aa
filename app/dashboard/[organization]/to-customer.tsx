import { buttonLook } from '#components/ui/button-look.ts'
import { CopyButton } from '#components/ui/copy-button.tsx'

/** What to write to the customer, ready to be copied or mailed. `about`: what the mail is about. */
export function ToCustomer({
  text,
  email,
  about,
  className,
}: {
  text: string
  email: string
  about: string | null
  className?: string
}) {
  return (
    <div className={className}>
      <div className="flex items-start gap-2 border-line border-l-2 pl-2.5 max-sm:flex-col">
        <p className="min-w-0 flex-1 text-pretty text-mute">
          <span className="sr-only">To the customer: </span>
          {text}
        </p>
        <div className="flex gap-1.5">
          <a
            href={letter(email, about, text)}
            aria-label={`Mail this sentence to ${email}`}
            className={buttonLook('secondary', 'sm')}
          >
            Mail
          </a>
          <CopyButton value={text} label="Copy the sentence for the customer" size="sm">
            Copy
          </CopyButton>
        </div>
      </div>
    </div>
  )
}

// Opens in the mail program of whoever writes, so that the answer comes to them.
const letter = (email: string, about: string | null, text: string): string =>
  `mailto:${encodeURIComponent(email).replaceAll('%40', '@')}?subject=${encodeURIComponent(about ? `Your license for ${about}` : 'Your license')}&body=${encodeURIComponent(text)}`
