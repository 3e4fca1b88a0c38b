/**
 * The built pages, from memory: one document for every path, and the files it names.
 */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Hono } from 'hono'

type PageFile = { readonly type: string; readonly bytes: Buffer; readonly zipped: Buffer | null }

/** The files by their path, as `/assets/index-1a2b.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const compress = promisify(gzip)

/** Reads built pages from a folder. */
export async function readPages(folder: string): Promise<PageFiles> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const read = files.map(async (path): Promise<[string, PageFile]> => {
    const bytes = await readFile(path)
    const extension = extname(path)
    const zipped = extension === '.woff2' ? null : await compress(bytes, { level: 9 })
    const name = path.slice(folder.length).replaceAll('\\', '/')
    return [name, { type: types[extension] ?? 'application/octet-stream', bytes, zipped }]
  })
  return new Map(await Promise.all(read))
}

/** The routes: a file that is there, else the document. Names of files change with their content, so that they are kept. */
export function pageRoutes(pages: () => Promise<PageFiles>): Hono {
  return new Hono().get('*', async (c) => {
    const files = await pages()
    const isFile = c.req.path.startsWith('/assets/')
    const file = files.get(isFile ? c.req.path : '/index.html')
    if (!file) return c.text('there is no such file', 404)
    const takesGzip = (c.req.header('accept-encoding') ?? '').includes('gzip')
    const content = takesGzip && file.zipped ? file.zipped : file.bytes
    c.header('content-type', file.type)
    c.header('cache-control', isFile ? 'public, max-age=31536000, immutable' : 'no-cache')
    c.header('vary', 'accept-encoding')
    if (content === file.zipped) c.header('content-encoding', 'gzip')
    return c.body(new Uint8Array(content))
  })
}
