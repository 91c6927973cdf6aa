import { CopyButton } from '#components/ui/copy-button.tsx'

/** What to write to the customer, ready to be copied. */
export function ToCustomer({ text, className }: { text: string; className?: string }) {
  return (
    <div className={className}>
      <div className="flex items-start gap-2 border-line border-l-2 pl-2.5 max-sm:flex-col">
        <p className="min-w-0 flex-1 text-pretty text-mute">
          <span className="sr-only">To the customer: </span>
          {text}
        </p>
        <CopyButton value={text} label="Copy the sentence for the customer" size="sm">
          Copy
        </CopyButton>
      </div>
    </div>
  )
}
