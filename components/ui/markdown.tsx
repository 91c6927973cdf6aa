import type { ReactNode } from 'react'
import Renderer from 'react-markdown'
import { boundedMarkdown } from '#lib/base/markdown.ts'
import { cx } from './cx.ts'

/** Text a person wrote in Markdown. Raw HTML is shown as text, images are left out, links open safely. */
export function Markdown({
  children,
  level = 3,
  className,
}: {
  children: string
  /** The level its headings get, one below the heading it stands under. */
  level?: 2 | 3 | 4
  className?: string
}) {
  const Heading = `h${level}` as const
  const heading = ({ children }: { children?: ReactNode }) => <Heading>{children}</Heading>
  return (
    <div
      className={cx(
        'min-w-0 break-words [&>:first-child]:mt-0 [&>:last-child]:mb-0',
        '[&_p]:my-2 [&_ul]:my-2 [&_ol]:my-2 [&_ul]:list-disc [&_ol]:list-decimal [&_li]:my-0.5 [&_li]:ml-5 [&_li]:marker:text-mute',
        '[&_:is(h2,h3,h4)]:mt-4 [&_:is(h2,h3,h4)]:mb-1 [&_:is(h2,h3,h4)]:font-semibold [&_strong]:font-semibold',
        '[&_a]:text-accent [&_a]:underline [&_a]:underline-offset-2 [&_blockquote]:border-line [&_blockquote]:border-l-2 [&_blockquote]:pl-3 [&_blockquote]:text-mute',
        '[&_code]:rounded-xs [&_code]:bg-line2 [&_code]:px-1 [&_code]:font-mono [&_code]:text-sm',
        '[&_pre]:my-2 [&_pre]:overflow-x-auto [&_pre]:rounded-[8px] [&_pre]:bg-line2 [&_pre]:px-3 [&_pre]:py-2 [&_pre_code]:p-0',
        '[&_hr]:my-4 [&_hr]:border-line',
        className,
      )}
    >
      <Renderer
        disallowedElements={['img']}
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {children}
            </a>
          ),
          h1: heading,
          h2: heading,
          h3: heading,
          h4: SmallHeading,
          h5: SmallHeading,
          h6: SmallHeading,
          pre: ({ children }) => (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            <pre tabIndex={0}>{children}</pre>
          ),
        }}
      >
        {boundedMarkdown(children)}
      </Renderer>
    </div>
  )
}

// Deeper headings would break the page's outline; they are rare in instructions.
function SmallHeading({ children }: { children?: ReactNode }) {
  return (
    <p>
      <strong>{children}</strong>
    </p>
  )
}
