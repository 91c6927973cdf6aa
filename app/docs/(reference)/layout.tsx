import { chapters } from './chapters.ts'
import { Contents } from './contents.tsx'
import { LanguageProvider } from './language.tsx'
import { TokenProvider } from './token.tsx'

/** The frame of the reference: all there is at the left, and what is kept from chapter to chapter. */
export default function ReferenceLayout({ children }: LayoutProps<'/docs'>) {
  return (
    <TokenProvider>
      <LanguageProvider>
        <div className="lg:grid lg:grid-cols-[248px_minmax(0,1fr)]">
          <Contents chapters={chapters().map(({ title, href, entries }) => ({ title, href, entries }))} />
          <div className="min-w-0 max-w-[1240px] px-4 pt-7 pb-24 sm:px-8">{children}</div>
        </div>
      </LanguageProvider>
    </TokenProvider>
  )
}
