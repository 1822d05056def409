/** What JSX compiles to; `build.mjs` puts it in scope wherever it is used. */
export { Fragment, h } from "preact";
