import postgres from 'postgres';

/** The projector's client: the owner, seeing and writing the rows of all authorities. Never to be wrapped by drizzle. */
export function connectWriter(url: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: 5,
    idle_timeout: 0,
    // The projector waits between attempts itself.
    backoff: () => 0,
    onnotice: () => {},
    connection: { application_name: 'vigie projector', 'vigie.authority': '*' },
  });
}
