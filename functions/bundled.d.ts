/** The pipeline that a function is bundled for: the bundler puts its file in place of this name. */
declare module '#pipeline' {
  export const pipeline: import('../src/core/pipeline.ts').Pipeline
}

/** All pipelines, for a function that is not one pipeline's own. */
declare module '#pipelines' {
  export const pipelines: readonly import('../src/core/pipeline.ts').Pipeline[]
}
