'use client'
import { useActionState, useRef } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { FieldError } from '#components/ui/field.tsx'
import { toast } from '#components/ui/toast.tsx'
import type { FormAction } from '#lib/web/action.ts'
import { removeLogo, saveLogo } from '../actions.ts'

const save: FormAction = async (previous, form) => {
  const state = await saveLogo(previous, form)
  if (state.status === 'ok') toast.success(state.message)
  return state
}

/** The logo: chosen, it is saved at once. */
export function LogoForm({
  organization,
  logo,
}: {
  organization: string
  logo: { src: string; width: number; height: number } | null
}) {
  const [state, submit, pending] = useActionState(save, { status: 'idle' })
  const form = useRef<HTMLFormElement>(null)
  const picture = useRef<HTMLInputElement>(null)
  const error = state.status === 'error' ? state.message : null
  return (
    <form ref={form} action={submit} aria-label="Logo" className="grid grid-cols-1 gap-2">
      <input type="hidden" name="organization" value={organization} />
      <p className="font-medium">Logo</p>
      <div className="flex flex-wrap items-center gap-3">
        {logo && (
          // biome-ignore lint/performance/noImgElement: it is in the page already, and has no address
          <img
            src={logo.src}
            alt="Your logo"
            width={logo.width}
            height={logo.height}
            className="rounded-[6px] border border-line bg-white p-1"
          />
        )}
        <input
          ref={picture}
          type="file"
          name="logo"
          accept="image/png,image/jpeg,image/webp"
          aria-label="Logo"
          aria-invalid={error ? true : undefined}
          aria-describedby="logo-words"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => event.target.files?.length && form.current?.requestSubmit()}
        />
        <Button loading={pending} onClick={() => picture.current?.click()}>
          {logo ? 'Choose another' : 'Choose a picture'}
        </Button>
        {logo && (
          <ConfirmDialog
            trigger={<Button variant="ghost">Remove</Button>}
            title="Remove the logo?"
            confirmLabel="Remove"
            values={{ organization }}
            action={confirmAction(removeLogo)}
            onDone={() => toast.success('Logo removed')}
          >
            Mails show your name in its place.
          </ConfirmDialog>
        )}
      </div>
      {error && <FieldError>{error}</FieldError>}
      <p id="logo-words" className="text-pretty text-mute text-sm">
        PNG, JPEG or WebP, at most 800 KB. A small copy is drawn from it and goes with every mail.
      </p>
    </form>
  )
}
