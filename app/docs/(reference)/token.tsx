'use client'
import { createContext, type ReactNode, use, useState } from 'react'

const TokenContext = createContext<{ token: string; setToken: (token: string) => void } | null>(null)

/** The API key that somebody tries calls with; in this page's memory and nowhere else. */
export function TokenProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState('')
  return <TokenContext value={{ token, setToken }}>{children}</TokenContext>
}

export function useToken() {
  const context = use(TokenContext)
  if (!context) throw new Error('There is no TokenProvider around this.')
  return context
}
