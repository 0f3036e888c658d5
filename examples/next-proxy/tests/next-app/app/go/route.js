import { NextResponse } from 'next/server'

export const dynamic = 'force-dynamic'

export function GET(request) {
  return NextResponse.redirect(new URL('/x?y=1', request.url))
}
