/** The pipeline that a function is bundled for: the bundler puts its file in place of this name. */
declare module '#pipeline' {
  export const pipeline: import('../src/core/pipeline.ts').Pipeline
}

/** The name of the writer that a write function is bundled for: the bundler puts a text in place of it. */
declare const writerName: string
