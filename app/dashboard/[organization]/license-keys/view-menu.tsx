'use client'
import { ChevronDown } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { useState } from 'react'
import { confirmAction } from '#components/confirm-action.ts'
import { Button } from '#components/ui/button.tsx'
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Menu, MenuItem, MenuSeparator } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import { parseQuery, printQuery } from '#lib/license-keys/language.ts'
import type { Names } from '#lib/license-keys/terms.ts'
import type { SavedView } from '#lib/saved-views/plain.ts'
import { addressOf } from '#lib/saved-views/rules.ts'
import * as paths from '#lib/web/paths.ts'
import { removeKeyView } from './actions.ts'
import { keyParams } from './params.ts'
import { useKeyQuery } from './use-key-query.ts'
import { ViewForm } from './view-form.tsx'

/** Keeps what the list shows as a view, and changes the one that is open. */
export function ViewMenu({
  organization,
  views,
  names,
}: {
  organization: string
  views: readonly SavedView[]
  names: Names
}) {
  const router = useRouter()
  const { terms, words } = useKeyQuery()
  const [{ sort, dir, view }] = useQueryStates({ sort: keyParams.sort, dir: keyParams.dir, view: keyParams.view })
  const [open, setOpen] = useState<'new' | 'update' | 'change' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const here = views.find(({ id }) => id === view)
  const shown = { query: printQuery({ terms, words }, null), sort, dir }
  const written = (query: string) => printQuery(parseQuery(query, null), names)
  const isChanged = here && (here.query !== shown.query || here.sort !== sort || here.dir !== dir)
  const go = (saved: Pick<SavedView, 'id' | 'query' | 'sort' | 'dir'>) =>
    router.replace(paths.licenseKeys({ organization }, addressOf(saved)))

  return (
    <>
      {here ? (
        <Menu
          align="end"
          trigger={
            <Button variant="ghost" className="max-sm:hidden">
              View
              <ChevronDown size={14} aria-hidden="true" className="-mr-1 text-mute" />
            </Button>
          }
        >
          {isChanged && <MenuItem onSelect={() => setOpen('update')}>Save what is shown…</MenuItem>}
          {isChanged && <MenuItem onSelect={() => go(here)}>Back to the view as saved</MenuItem>}
          <MenuItem onSelect={() => setOpen('change')}>Change “{here.name}”…</MenuItem>
          <MenuItem onSelect={() => setOpen('new')}>Save as a new view…</MenuItem>
          <MenuSeparator />
          <MenuItem destructive onSelect={() => setOpen('remove')}>
            Remove “{here.name}”…
          </MenuItem>
        </Menu>
      ) : (
        <Button variant="ghost" className="max-sm:hidden" onClick={() => setOpen('new')}>
          Save view
        </Button>
      )}
      <Dialog
        open={open === 'new'}
        onOpenChange={(next) => !next && close()}
        size="sm"
        title="Save this view"
        description="All members find it below “License keys”."
      >
        <ViewForm
          organization={organization}
          view={null}
          values={{ name: '', ...shown, query: written(shown.query), isDefault: false }}
          onDone={({ id }) => {
            close()
            go({ id, ...shown })
          }}
          close={close}
        />
      </Dialog>
      {here && (
        <Dialog
          open={open === 'change' || open === 'update'}
          onOpenChange={(next) => !next && close()}
          size="sm"
          title={`Change “${here.name}”`}
          description="It changes for all members."
        >
          <ViewForm
            organization={organization}
            view={here}
            values={
              open === 'update'
                ? { ...here, ...shown, query: written(shown.query) }
                : { ...here, query: written(here.query) }
            }
            onDone={(saved) => {
              close()
              go({ ...here, ...saved })
            }}
            close={close}
          />
        </Dialog>
      )}
      {here && (
        <ConfirmDialog
          open={open === 'remove'}
          onOpenChange={(next) => !next && close()}
          title={`Remove “${here.name}”?`}
          confirmLabel="Remove view"
          destructive
          action={confirmAction(removeKeyView)}
          values={{ organization, viewId: here.id }}
          onDone={() => {
            toast.success(`View “${here.name}” removed`)
            router.replace(paths.licenseKeys({ organization }))
          }}
        >
          No member finds it in the sidebar any more. The keys stay as they are.
        </ConfirmDialog>
      )}
    </>
  )
}
