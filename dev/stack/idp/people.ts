/** The three people of the embedded stack. Their groups become roles through the collector's policy. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** What they do, in words, for the sign-in page. */
  readonly role: string;
  readonly does: string;
}

export const people: readonly DemoPerson[] = [
  {
    id: 'amira',
    name: 'Amira Haddad',
    email: 'amira@shop.example',
    groups: ['oncall'],
    role: 'On-call engineer',
    does: 'Breaks the glass and fixes what is stuck',
  },
  {
    id: 'lina',
    name: 'Li Na',
    email: 'lina@shop.example',
    groups: ['incident-commanders'],
    role: 'Incident commander',
    does: 'Approves and denies requests',
  },
  {
    id: 'ingrid',
    name: 'Ingrid Solheim',
    email: 'ingrid@shop.example',
    groups: ['security'],
    role: 'Security reviewer',
    does: 'Reads afterwards what was done, and signs it off',
  },
];

export const personById = (id: string): DemoPerson | undefined => people.find((person) => person.id === id);

/** First letters of the first and the last name. */
export function initials(name: string): string {
  const words = name.split(' ');
  return `${words[0]?.[0] ?? ''}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`;
}
