import esbuild from "esbuild";

// anywidget imports each module from a blob URL, where a sibling file cannot be reached:
// one self-contained file per entry, never `splitting`.
const entries = [
  { in: "src/scan/index.tsx", out: "scan" },
  { in: "src/scan/scan.css", out: "scan" },
  { in: "src/suite/index.tsx", out: "suite" },
  { in: "src/suite/suite.css", out: "suite" },
  { in: "src/history/index.tsx", out: "history" },
  { in: "src/history/history.css", out: "history" },
  { in: "src/scan/plan/index.tsx", out: "plan" },
  { in: "src/scan/plan/plan.css", out: "plan" },
  { in: "src/analysis/overview/index.tsx", out: "analysis" },
  { in: "src/analysis/overview/analysis.css", out: "analysis" },
  { in: "src/analysis/explain/index.tsx", out: "explain" },
  { in: "src/analysis/explain/explain.css", out: "explain" },
  { in: "src/analysis/performance/index.tsx", out: "performance" },
  { in: "src/analysis/performance/performance.css", out: "performance" },
  { in: "src/analysis/importance/index.tsx", out: "importance" },
  { in: "src/analysis/importance/importance.css", out: "importance" },
  { in: "src/analysis/review/index.tsx", out: "review" },
  { in: "src/analysis/review/review.css", out: "review" },
  { in: "src/analysis/slices/index.tsx", out: "slices" },
  { in: "src/analysis/slices/slices.css", out: "slices" },
  { in: "src/compare/index.tsx", out: "compare" },
  { in: "src/compare/compare.css", out: "compare" },
  { in: "src/compare/matrix/index.tsx", out: "matrix" },
  { in: "src/compare/matrix/matrix.css", out: "matrix" },
  { in: "src/link/index.tsx", out: "link" },
  { in: "src/link/link.css", out: "link" },
  { in: "src/database/index.tsx", out: "database" },
  { in: "src/database/database.css", out: "database" },
  { in: "src/vega-runtime.ts", out: "vega-runtime" },
  { in: "src/standalone.ts", out: "standalone" },
];

const watch = process.argv.includes("--watch");
const options = {
  entryPoints: entries,
  outdir: "../mlqa_widgets/static",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  charset: "utf8",
  legalComments: "none",
  // `h(type, props, ...children)` in place of the automatic runtime: a module with much markup is 3 KB smaller.
  tsconfigRaw: { compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "Fragment" } },
  inject: ["src/jsx.ts"],
  // Without `define.amd` UMD packages would register themselves with a RequireJS of the host.
  define: {
    "define.amd": "false",
    "process.env.NODE_ENV": JSON.stringify(watch ? "development" : "production"),
  },
  metafile: true,
  logLevel: "warning",
};

if (watch) {
  await (await esbuild.context(options)).watch();
} else {
  const { metafile } = await esbuild.build(options);
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    console.log(`${file.replace("../", "")} ${(bytes / 1024).toFixed(1)} KB`);
  }
}
