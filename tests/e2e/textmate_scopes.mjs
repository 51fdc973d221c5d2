// Tokenises files as VS Code does: `node textmate_scopes.mjs GRAMMAR FILE…` prints an object of
// file → [[line, first byte, byte after, innermost scope], …], counted from 1.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

const wasm = fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer;
await oniguruma.loadWASM(wasm);
const [path, ...files] = process.argv.slice(2);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(path, 'utf8'), path),
});
const grammar = await registry.loadGrammar('source.trig');

const bytes = (text) => Buffer.byteLength(text);
const found = {};
for (const file of files) {
  let stack = textmate.INITIAL;
  const tokens = [];
  fs.readFileSync(file, 'utf8').split('\n').forEach((line, number) => {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const token of result.tokens) {
      const begin = 1 + bytes(line.slice(0, token.startIndex));
      const end = begin + bytes(line.slice(token.startIndex, token.endIndex));
      tokens.push([number + 1, begin, end, token.scopes.at(-1)]);
    }
  });
  found[file] = tokens;
}
console.log(JSON.stringify(found));
