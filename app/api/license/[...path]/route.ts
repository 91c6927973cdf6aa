import { handleLicense } from '#lib/dialects/serve.ts'

// The second door to the licence routes, for `next dev` and hosts that run Next alone; production hands them over before Next.
export {
  handleLicense as DELETE,
  handleLicense as GET,
  handleLicense as HEAD,
  handleLicense as OPTIONS,
  handleLicense as PATCH,
  handleLicense as POST,
  handleLicense as PUT,
}
