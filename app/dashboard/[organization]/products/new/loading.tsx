import { FormSkeleton } from '../../form-skeleton.tsx'

export default FormSkeleton
