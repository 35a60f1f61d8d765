import type { StateRole } from '@/lib/state'

export interface SignInMessage {
  readonly role: StateRole
  readonly title: string
  readonly text: string
}

/** next-auth's error codes in plain words. What the identity provider said stays in the log. */
export function signInMessage({ ended, error }: { ended: boolean; error: string | undefined }): SignInMessage | null {
  if (error === 'AccessDenied') {
    return { role: 'bad', title: 'You could not be let in', text: 'Your account is known, but it may not use this portal. The people who run it can add you to a group that may.' }
  }
  if (error) return { role: 'bad', title: 'Sign-in did not go through', text: 'Your organisation’s sign-in did not answer as it should. Try again; if it goes on, tell the people who run this portal.' }
  if (ended) return { role: 'idle', title: 'Your session has ended', text: 'Sign in to go on where you were. What you typed in a form is kept in this tab.' }
  return null
}
