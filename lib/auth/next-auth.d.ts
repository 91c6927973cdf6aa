import type { DefaultJWT } from 'next-auth/jwt'

declare module 'next-auth' {
  interface User {
    id: string
    sessionEpoch: number
  }
  interface Session {
    userId: string
    sessionEpoch: number
  }
}

declare module 'next-auth/jwt' {
  interface JWT extends DefaultJWT {
    userId: string
    sessionEpoch: number
  }
}
