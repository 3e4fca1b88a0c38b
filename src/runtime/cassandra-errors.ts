/**
 * What a failed write means: Cassandra is away or refuses us, the table is not as deployed, or the row can never be written.
 */
import { type Client, errors, types } from 'cassandra-driver'
import { allRows } from '../connect/cassandra.ts'
import { cassandraError } from '../connect/cassandra-error.ts'
import { selectColumnsOfTable } from '../core/cql.ts'
import { SluiceError } from '../core/errors.ts'
import { keyspace } from '../core/names.ts'
import type { Table } from '../core/table.ts'
import { keyspacesTables } from './keyspaces-tables.ts'
import type { RowWrite } from './row-writes.ts'

/** The error of a batch of writes that Cassandra, or the driver, refused. */
export async function writeError(client: Client, batch: readonly RowWrite[], cause: unknown): Promise<SluiceError> {
  const unavailable = cassandraError('Cassandra did not acknowledge a write', cause)
  const isStatementRefused = isRefusedStatement(cause)
  if (!isRefusal(cause) && !isStatementRefused) return unavailable
  for (const table of new Set(batch.map((write) => write.table))) {
    const mismatch = await tableMismatch(client, table)
    if (mismatch) return mismatch
  }
  if (isStatementRefused) return unavailable
  const refusal = await keyspacesRefusal(client, batch)
  if (refusal) return refusal
  const [first] = batch
  return new SluiceError('RECORD_INVALID', `Cassandra refuses the row for table ${first?.table.name}`, { cause })
}

/** What only Keyspaces refuses: a write time on a table that takes none, and one that is too far from now. */
async function keyspacesRefusal(client: Client, batch: readonly RowWrite[]): Promise<SluiceError | null> {
  try {
    const tables = await keyspacesTables(client, keyspace)
    if (!tables) return null
    const timeless = batch.find(({ table }) => tables.get(table.name)?.takesTimestamps === false)?.table.name
    if (timeless !== undefined) {
      const what = `table ${keyspace}.${timeless} does not take client-side timestamps: turn them on`
      return new SluiceError('TABLE_MISMATCH', what)
    }
    const outside = batch.find(isOutsideWindow)?.table.name
    if (outside === undefined) return null
    const window = 'Keyspaces takes write times from 2 days ago until 5 minutes ahead'
    return new SluiceError('RECORD_INVALID', `${window}, and that of the row for table ${outside} is another`)
  } catch (cause) {
    return cassandraError('Cassandra did not describe its tables', cause)
  }
}

function isOutsideWindow({ writeTime }: RowWrite): boolean {
  const ageMs = Date.now() - writeTime / 1000
  return ageMs > 2 * 86_400_000 || ageMs < -300_000
}

/** The driver raises a TypeError for a value that it cannot encode; the server answers "invalid" to a statement it will never take. */
function isRefusal(cause: unknown): boolean {
  if (cause instanceof TypeError || cause instanceof RangeError) return true
  return cause instanceof errors.ResponseError && cause.code === types.responseErrorCodes.invalid
}

/** Where a statement whose table has changed cannot be prepared again, the driver names hosts that have it "unprepared". */
function isRefusedStatement(cause: unknown): boolean {
  if (!(cause instanceof errors.NoHostAvailableError)) return false
  const { unprepared } = types.responseErrorCodes
  return Object.values(cause.innerErrors ?? {}).some(
    (inner: unknown) => inner instanceof errors.ResponseError && inner.code === unprepared,
  )
}

async function tableMismatch(client: Client, table: Table): Promise<SluiceError | null> {
  try {
    const rows = await allRows(client, selectColumnsOfTable, [keyspace, table.name])
    const present = new Set(rows.map((row) => String(row.column_name)))
    const missing = Object.keys(table.columns).filter((column) => !present.has(column))
    if (missing.length === 0) return null
    const what = present.size === 0 ? 'does not exist' : `has no column ${missing.join(', ')}`
    return new SluiceError('TABLE_MISMATCH', `table ${keyspace}.${table.name} ${what}: deploy the app`)
  } catch (cause) {
    return cassandraError(`Cassandra did not describe table ${table.name}`, cause)
  }
}
