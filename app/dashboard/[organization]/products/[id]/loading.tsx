import { DetailSkeleton } from '../../detail-skeleton.tsx'

export default DetailSkeleton
