import { PageHeader } from '#components/shell/page-header.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Status } from '#components/ui/status.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import type { StoreDetail } from '#lib/stores/queries.ts'
import { storeLook } from '#lib/stores/rules.ts'
import * as paths from '#lib/web/paths.ts'

/** What stands above each page of a connection: its name, where it stands, and its pages. */
export function StoreHeader({ organization, store }: { organization: string; store: StoreDetail }) {
  const here = { organization, id: store.id }
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Stores', href: paths.stores(here) }]}
        title={store.name}
        status={
          <>
            {store.mode === 'test' && <Badge>Test</Badge>}
            <Status {...storeLook[store.state]} />
          </>
        }
      />
      <Tabs
        label={store.name}
        items={[
          { label: 'Connection', href: paths.store(here) },
          { label: 'Deliveries', href: paths.deliveries(here), count: store.deliveries },
          { label: 'Settings', href: paths.storeSettings(here) },
        ]}
      />
    </>
  )
}
