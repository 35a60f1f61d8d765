import type { LabAccount } from './contract'

/** Prefix that the API server of a real installation puts before user and group claims. */
export const oidcPrefix = 'oidc:'

export const accounts: readonly LabAccount[] = [
  {
    email: 'ada@tenantry.example',
    name: 'Ada Adler',
    password: 'lab-ada',
    groups: ['platform-admins'],
    role: 'platform admin: hands out vSphere, reads every cluster',
  },
  {
    email: 'bea@tenantry.example',
    name: 'Bea Brandt',
    password: 'lab-bea',
    groups: ['team-blue-admins'],
    role: 'tenant admin of team-blue: creates, changes and deletes its clusters',
  },
  {
    email: 'vic@tenantry.example',
    name: 'Vic Vogel',
    password: 'lab-vic',
    groups: ['team-blue-viewers'],
    role: 'viewer of team-blue: reads its clusters',
  },
  {
    email: 'gus@tenantry.example',
    name: 'Gus Gruber',
    password: 'lab-gus',
    groups: ['team-green-admins'],
    role: 'tenant admin of team-green: sees nothing of team-blue',
  },
]
