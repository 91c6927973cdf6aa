import { PageHeader } from '#components/shell/page-header.tsx'
import { TableSkeleton } from '#components/ui/data-table/table-skeleton.tsx'

/** The shape of the list while it is read. */
export default function Loading() {
  return (
    <>
      <PageHeader title="Customers" />
      <TableSkeleton columns={6} rows={16} />
    </>
  )
}
