// Bulk writes: one statement per table and round, columns as arrays. Faster than COPY at these sizes and safe to repeat.
import type { Sql, TransactionSql } from 'postgres';

/** A client, or a transaction of one. It must never be wrapped by drizzle, which replaces its serializers. */
export type Raw = Sql | TransactionSql;

type ColumnType = 'text' | 'bigint' | 'integer' | 'smallint' | 'boolean' | 'bytea' | 'jsonb' | 'text[]';
/** Column name in the database -> where its value is in the row, and its type. */
type Columns<Row> = Readonly<Record<string, readonly [keyof Row & string, ColumnType]>>;

export interface Table<Row> {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: Columns<Row>;
  /** `keep`: rows of the log never change. `replace`: rows of a view are replaced where they differ. */
  readonly onConflict: 'keep' | 'replace';
}

/** The statement is the same text every round, so the server prepares it once. */
function statementOf<Row>(table: Table<Row>): string {
  const names = Object.keys(table.columns);
  const types = Object.values(table.columns).map(([, type]) => type);
  // What the client would guess wrongly in an array travels as text: JSON, bytes, truth values; and lists as JSON, because an
  // array of arrays must be square.
  const parameters = types.map((type, i) => `$${i + 1}::${type in fromText ? 'text' : type}[]`);
  const values = names.map((name, i) => {
    const read = fromText[types[i] as keyof typeof fromText] as ((column: string) => string) | undefined;
    return read === undefined ? `v.${quoted(name)}` : read(`v.${quoted(name)}`);
  });
  const columns = names.map(quoted);
  const others = columns.filter((column) => !table.key.map(quoted).includes(column));
  const conflict =
    table.onConflict === 'keep'
      ? 'on conflict do nothing'
      : `on conflict (${table.key.map(quoted).join(', ')}) do update set ${others.map((c) => `${c} = excluded.${c}`).join(', ')}
where (${others.map((c) => `old.${c}`).join(', ')}) is distinct from (${others.map((c) => `excluded.${c}`).join(', ')})`;
  return `insert into projection.${quoted(table.name)} as old (${columns.join(', ')})
select ${values.join(', ')} from unnest(${parameters.join(', ')}) as v(${columns.join(', ')})
${conflict}`;
}

const fromText = {
  jsonb: (column: string) => `${column}::jsonb`,
  'text[]': (column: string) => `array(select jsonb_array_elements_text(${column}::jsonb))`,
  boolean: (column: string) => `${column}::boolean`,
  bytea: (column: string) => `decode(${column}, 'hex')`,
};

const quoted = (name: string): string => `"${name}"`;

const statements = new WeakMap<object, string>();

export async function upsert<Row>(sql: Raw, table: Table<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  let statement = statements.get(table);
  if (statement === undefined) {
    statement = statementOf(table);
    statements.set(table, statement);
  }
  const columns = Object.values(table.columns) as readonly (readonly [keyof Row & string, ColumnType])[];
  const arrays = columns.map(([field, type]) => rows.map((row) => asText(row[field], type)));
  await sql.unsafe(statement, arrays as never[], { prepare: true });
}

function asText(value: unknown, type: ColumnType): unknown {
  if (type === 'boolean') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  return value;
}
