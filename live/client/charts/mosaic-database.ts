/// <reference path="./address-modules.d.ts" />
import { AsyncDuckDB, type AsyncDuckDBConnection, VoidLogger } from "@duckdb/duckdb-wasm"
import engineAddress from "address:@duckdb/duckdb-wasm/dist/duckdb-eh.wasm"
import workerAddress from "address:@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js"
import parquetAddress from "address:parquet-wasm/esm/parquet_wasm_bg.wasm"
import readyParquet, { readParquet } from "parquet-wasm"

// One database in the browser serves all plots of a page, in a worker from this server.
// It reads nothing but what it is given: it has no access to files and to the network,
// and so it never fetches an extension. The one that reads Parquet is such an extension,
// which is why Parquet is turned into Arrow before.

const lock = ["autoload_known_extensions=false", "autoinstall_known_extensions=false", "enable_external_access=false", "lock_configuration=true"]

type Engine = { db: AsyncDuckDB; worker: Worker }

let engine: Promise<Engine> | undefined
let users = 0

const start = async (): Promise<Engine> => {
	const worker = new Worker(workerAddress)
	const db = new AsyncDuckDB(new VoidLogger(), worker)
	await db.instantiate(engineAddress)
	const c = await db.connect()
	for (const setting of lock) await c.query(`SET ${setting}`)
	await c.close()
	return { db, worker }
}

/** A schema of the database, with the rows of a plot in its table "table". */
export type Base = { connection: AsyncDuckDBConnection; db: AsyncDuckDB; close(): Promise<void> }

let schemas = 0

/** Opens a place for rows, and the database if it is the first. The last that is closed ends the worker. */
export const openBase = async (): Promise<Base> => {
	users++
	engine ??= start()
	const mine = engine
	const leave = async () => {
		if (--users > 0) return
		if (engine === mine) engine = undefined
		const { worker } = await mine.catch(() => ({ worker: undefined }))
		worker?.terminate()
	}
	try {
		const { db } = await mine
		const connection = await db.connect()
		const schema = `plot${++schemas}`
		await connection.query(`CREATE SCHEMA ${schema}`)
		await connection.query(`USE ${schema}`)
		return {
			connection,
			db,
			async close() {
				if (users > 1) await connection.query(`USE main`).then(() => connection.query(`DROP SCHEMA ${schema} CASCADE`))
				await connection.close()
				await leave()
			},
		}
	} catch (cause) {
		engine = undefined
		await leave()
		throw cause
	}
}

let parquet: Promise<unknown> | undefined

const arrowStream = "application/vnd.apache.arrow.stream"

/** Fetches rows into the table "table": Parquet, an Arrow stream, or CSV, as the answer says. */
export const load = async ({ connection, db }: Base, answer: Response) => {
	const type = (answer.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? ""
	const bytes = new Uint8Array(await answer.arrayBuffer())
	const into = { name: "table", create: true }
	if (isParquet(bytes)) {
		parquet ??= readyParquet({ module_or_path: parquetAddress })
		await parquet
		await connection.insertArrowFromIPCStream(readParquet(bytes).intoIPCStream(), into)
	} else if (type === arrowStream) {
		await connection.insertArrowFromIPCStream(bytes, into)
	} else if (type === "text/csv") {
		await db.registerFileBuffer("rows.csv", bytes)
		await connection.insertCSVFromPath("rows.csv", into)
		await db.dropFile("rows.csv")
	} else throw new Error(`the rows are of type ${type}, which is not Parquet, ${arrowStream} or text/csv`)
}

const magic = [0x50, 0x41, 0x52, 0x31] // PAR1

const isParquet = (bytes: Uint8Array) => magic.every((b, i) => bytes[i] === b)
