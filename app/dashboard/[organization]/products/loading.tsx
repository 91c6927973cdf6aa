import { PageHeader } from '#components/shell/page-header.tsx'
import { TableSkeleton } from '#components/ui/data-table/table-skeleton.tsx'

export default function Loading() {
  return (
    <>
      <PageHeader title="Products" />
      <TableSkeleton columns={4} />
    </>
  )
}
