// What an editor asks of `trig lsp`, by the client library that VS Code uses; run by
// lsp_node_test.py with the program and a project (lsp_project.py).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const rpc = require('vscode-jsonrpc/node');
const lsp = require('vscode-languageserver-protocol');

const [trig, project] = process.argv.slice(2);

class Client {
  constructor() {
    this.process = spawn(trig, ['lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = new Promise((done) => this.process.on('exit', done));
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.process.stdout),
      new rpc.StreamMessageWriter(this.process.stdin),
    );
    this.diagnostics = new Map();
    this.texts = new Map();
    this.versions = new Map();
    this.told = () => {};
    this.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
      this.diagnostics.set(params.uri, params);
      this.told();
    });
    this.registered = [];
    this.connection.onRequest(lsp.RegistrationRequest.type, (params) => {
      this.registered.push(...params.registrations);
    });
    this.connection.listen();
  }
  ask(type, params) {
    return this.connection.sendRequest(type, params);
  }
  tell(type, params) {
    return this.connection.sendNotification(type, params);
  }
  uri(file) {
    return pathToFileURL(path.join(project, file)).href;
  }
  async open(file) {
    const uri = this.uri(file);
    const text = fs.readFileSync(path.join(project, file), 'utf8');
    this.texts.set(uri, text);
    this.versions.set(uri, 1);
    const languageId = file.endsWith('.trig') ? 'trig' : 'liquid';
    await this.tell(lsp.DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId, version: 1, text },
    });
    return uri;
  }
  // The place of a text in a file; of its end, if `end`.
  place(uri, words, end = true) {
    const text = this.texts.get(uri);
    const at = text.indexOf(words);
    assert.notEqual(at, -1, `there is no ${words}`);
    const before = text.slice(0, at + (end ? words.length : 0));
    const lines = before.split('\n');
    const character = this.bytes ? Buffer.byteLength(lines.at(-1)) : lines.at(-1).length;
    return { line: lines.length - 1, character };
  }
  at(uri, words) {
    return { textDocument: { uri }, position: this.place(uri, words) };
  }
  // One change, as a keystroke makes it.
  async replace(uri, words, by) {
    const range = { start: this.place(uri, words, false), end: this.place(uri, words) };
    this.texts.set(uri, this.texts.get(uri).replace(words, () => by));
    this.versions.set(uri, this.versions.get(uri) + 1);
    await this.tell(lsp.DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: this.versions.get(uri) },
      contentChanges: [{ range, text: by }],
    });
  }
  async settled(uri) {
    const version = this.versions.get(uri);
    const known = () => this.diagnostics.get(uri)?.version === version;
    // Diagnostics that stay the same are not told again: an answer comes after them.
    await this.ask(lsp.FoldingRangeRequest.type, { textDocument: { uri } });
    await new Promise((done) => setTimeout(done, 300));
    if (known()) return this.diagnostics.get(uri).diagnostics;
    return this.diagnostics.get(uri)?.diagnostics ?? [];
  }
  async labels(uri, words) {
    const answer = await this.ask(lsp.CompletionRequest.type, this.at(uri, words));
    return answer.items.map((item) => item.label);
  }
  async end() {
    await this.ask(lsp.ShutdownRequest.type);
    await this.tell(lsp.ExitNotification.type);
    assert.equal(await this.ended, 0);
    this.connection.dispose();
  }
}

const able = {
  textDocument: {
    publishDiagnostics: { relatedInformation: true },
    completion: { completionItem: { snippetSupport: false } },
  },
  workspace: {
    workspaceEdit: { documentChanges: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
};
const client = new Client();
const started = await client.ask(lsp.InitializeRequest.type, {
  processId: process.pid,
  rootUri: pathToFileURL(project).href,
  workspaceFolders: null,
  capabilities: able,
});
assert.equal(started.capabilities.positionEncoding, 'utf-16');
assert.equal(started.capabilities.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
await client.tell(lsp.InitializedNotification.type, {});

// --- diagnostics and quick fixes
const cart = await client.open('campaigns/cart.trig');
let wrong = await client.settled(cart);
assert.equal(client.registered[0].method, 'workspace/didChangeWatchedFiles');
assert.deepEqual(wrong.map((one) => [one.code, one.severity]), [['E0101', 1]]);
assert.deepEqual(wrong[0].range.start, client.place(cart, 'cart_remindr', false));
const actions = await client.ask(lsp.CodeActionRequest.type, {
  textDocument: { uri: cart },
  range: wrong[0].range,
  context: { diagnostics: wrong, only: ['quickfix'] },
});
assert.equal(actions.length, 1);
assert.equal(actions[0].diagnostics.length, 1);
assert.equal(actions[0].edit.documentChanges[0].edits[0].newText, 'cart_reminder');
await client.replace(cart, 'cart_remindr', 'cart_reminder');
assert.deepEqual(await client.settled(cart), []);

// Places behind an emoji are counted in UTF-16, there and back.
await client.replace(cart, ' shop")', ' shop", nothing: 1)');
wrong = await client.settled(cart);
assert.equal(wrong.length, 1);
assert.deepEqual(wrong[0].range.start, client.place(cart, 'nothing', false));
await client.replace(cart, ', nothing: 1', '');
assert.deepEqual(await client.settled(cart), []);

// What one file says is wrong in another.
const shop = await client.open('shop.trig');
const mail = await client.open('templates/cart_reminder.html.liquid');
await client.replace(shop, 'template cart_reminder(total: money, ', 'template cart_reminder(sum: money, ');
await client.settled(shop);
assert.ok(client.diagnostics.get(cart).diagnostics.some((one) => one.message.includes('total')));
assert.ok(client.diagnostics.get(mail).diagnostics.some((one) => one.message.includes('total')));
await client.replace(shop, 'sum: money', 'total: money');
await client.settled(shop);
for (const uri of [cart, shop, mail]) assert.deepEqual(client.diagnostics.get(uri).diagnostics, []);

// --- completion
const complete = async (uri, words, typed, offered, not = []) => {
  await client.replace(uri, words, words + typed);
  const labels = await client.labels(uri, words + typed);
  for (const one of offered) assert.ok(labels.includes(one), `${words + typed} offers ${one}`);
  for (const one of not) assert.ok(!labels.includes(one), `${words + typed} does not offer ${one}`);
  await client.replace(uri, words + typed, words);
};
await complete(cart, 'send cart_reminder(total: cart.total', ', ', ['shop_name'], ['total']);
await complete(cart, 'cart_id == cart.cart_id', ' and tot', ['total', 'cart', 'person', 'trigger']);
await complete(cart, 'cart_id == cart.cart_id', ' and cart.', ['total', 'cart_id'], ['person']);
await complete(cart, 'cart_id == cart.cart_id', ' and person.', ['first_name', 'email']);
await complete(cart, 'cart_id == cart.cart_id', '\n  unless ', ['bought', 'cart_changed'], ['wait']);
await complete(cart, 'cart_id == cart.cart_id', '\n  ', ['send', 'wait', 'when', 'split']);
await complete(cart, 'cart_id == cart.cart_id', '\n  wait 30 ', ['minutes', 'hours', 'days']);
await complete(cart, 'cart_id == cart.cart_id', '\n  send ', ['cart_reminder']);
await complete(cart, 'cart_id == cart.cart_id', '\n  subscribe ', ['offers']);
await complete(cart, 'campaign abandoned_cart "Abandoned cart" {\n  policy ', '', ['marketing']);
await complete(mail, '{{ total | money', ' | ', ['upcase', 'default', 'money'], ['total']);
await complete(mail, '{{ total | money }}', '{{ ', ['total', 'shop_name', 'person', 'unsubscribe_url']);
await complete(mail, '{{ total | money }}', '{{ person.', ['first_name'], ['total']);
await complete(mail, '{{ total | money }}', '{% ', ['if', 'for', 'assign']);

// --- hover, definition, references
const hover = async (uri, words) =>
  (await client.ask(lsp.HoverRequest.type, client.at(uri, words)))?.contents.value ?? '';
assert.match(await hover(cart, 'where tot'), /total: money/);
assert.match(await hover(cart, 'bought where cart_i'), /field of `bought`/);
assert.match(await hover(cart, 'on cart_chang'), /Somebody has put something into the cart\./);
assert.match(await hover(cart, 'where cart_id == cart.cart_i'), /of the shop's session/);
assert.match(await hover(cart, 'campaign abandoned_'), /starts on .*\n- sends `cart_reminder`/);
assert.match(await hover(cart, 'unle'), /Ends the journey/);
assert.match(await hover(mail, '{{ tot'), /parameter of the template `cart_reminder`/);
assert.match(await hover(mail, '| mon'), /filter `money`/);
assert.equal(await hover(cart, 'wait 3'), '');
const define = async (uri, words) => {
  const places = await client.ask(lsp.DefinitionRequest.type, client.at(uri, words));
  return places.map((one) => `${path.basename(fileURLToPath(one.uri))}:${one.range.start.line}`);
};
assert.deepEqual(await define(cart, 'send cart_remin'), ['shop.trig:22']);
assert.deepEqual(await define(mail, '{{ tot'), ['shop.trig:22']);
assert.deepEqual(await define(mail, 'person.first_na'), ['shop.trig:13']);
assert.deepEqual(await define(shop, '"templates/cart_rem'), ['cart_reminder.html.liquid:0']);
assert.deepEqual(await define(cart, 'cart.tot'), ['shop.trig:2']);
const uses = await client.ask(lsp.ReferencesRequest.type, {
  ...client.at(cart, 'send cart_remin'),
  context: { includeDeclaration: true },
});
assert.equal(uses.length, 4, 'declaration, two sends, one test');
assert.equal((await client.ask(lsp.DocumentHighlightRequest.type, client.at(cart, 'as car'))).length, 3);

// The standard library is there to be looked at, and keeps its names.
await client.replace(shop, '# Somebody', 'use std.ecommerce\n# Somebody');
await client.replace(cart, 'unless bought where', 'unless order_completed where');
await client.settled(cart);
const [module] = await client.ask(lsp.DefinitionRequest.type, client.at(cart, 'unless order_comp'));
assert.match(fs.readFileSync(fileURLToPath(module.uri), 'utf8'), /event order_completed/);
const refused = async (uri, words, newName, why) =>
  assert.rejects(client.ask(lsp.RenameRequest.type, { ...client.at(uri, words), newName }), why);
await refused(cart, 'unless order_comp', 'ordered', /of the standard library/);
await client.replace(cart, 'unless order_completed where', 'unless bought where');
await client.replace(shop, 'use std.ecommerce\n', '');
assert.deepEqual(await client.settled(cart), []);

// --- renaming
await refused(cart, 'campaign abandoned_', 'Abandoned', /lower case/);
await refused(cart, 'campaign abandoned_', 'weekly', /already a campaign/);
await refused(cart, 'campaign abandoned_', 'unless', /word of the language/);
await refused(shop, '  ema', 'mail', /where mail goes/);
await refused(cart, 'wait 3', 'x', /no name here/);
await refused(cart, 'as car', 'cart_id', /would break campaigns\/cart\.trig:\d+: /);
const renamed = async (uri, words, newName) => {
  const edit = await client.ask(lsp.RenameRequest.type, { ...client.at(uri, words), newName });
  const files = edit.documentChanges.map((one) => [
    path.relative(project, fileURLToPath(one.textDocument.uri)),
    one.edits.length,
  ]);
  return Object.fromEntries(files);
};
assert.deepEqual(await renamed(shop, 'template cart_rem', 'remind'), {
  'shop.trig': 1, 'campaigns/cart.trig': 1, 'campaigns/weekly.trig': 1, 'tests/cart.trig': 1,
});
// The weekly mail gives another total: the parameter keeps its name.
assert.deepEqual(await renamed(shop, '  tot', 'amount'), {
  'shop.trig': 2, 'campaigns/cart.trig': 2, 'tests/cart.trig': 1,
});
assert.deepEqual(await renamed(mail, '{{ tot', 'amount'), {
  'shop.trig': 1, 'campaigns/cart.trig': 1, 'campaigns/weekly.trig': 1, 'tests/cart.trig': 1,
  'templates/cart_reminder.html.liquid': 1,
});
assert.deepEqual(await renamed(shop, '  first_na', 'given_name'), {
  'shop.trig': 2, 'templates/cart_reminder.html.liquid': 1,
});
assert.deepEqual(await renamed(shop, 'topic off', 'deals'), { 'shop.trig': 2, 'tests/cart.trig': 1 });

// --- outlines
const symbols = await client.ask(lsp.DocumentSymbolRequest.type, { textDocument: { uri: shop } });
assert.deepEqual(symbols.map((one) => one.name),
  ['cart_changed', 'bought', 'person', 'offers', 'marketing', 'cart_reminder']);
assert.deepEqual(symbols[0].children.map((one) => one.name), ['total', 'cart_id']);
const found = await client.ask(lsp.WorkspaceSymbolRequest.type, { query: 'abcart' });
assert.deepEqual(found.map((one) => one.name), ['abandoned_cart']);
const folds = await client.ask(lsp.FoldingRangeRequest.type, { textDocument: { uri: cart } });
assert.deepEqual(folds.map((one) => [one.startLine, one.endLine, one.kind]), [[1, 8, 'region']]);

// --- semantic tokens, hints, lenses
const { tokenTypes } = started.capabilities.semanticTokensProvider.legend;
const { data } = await client.ask(lsp.SemanticTokensRequest.type, { textDocument: { uri: cart } });
const tokens = [];
for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
  character = data[i] === 0 ? character + data[i + 1] : data[i + 1];
  line += data[i];
  const text = client.texts.get(cart).split('\n')[line].slice(character, character + data[i + 2]);
  tokens.push(`${tokenTypes[data[i + 3]]} ${text}`);
}
for (const one of ['class abandoned_cart', 'event cart_changed', 'variable cart', 'property total',
  'function cart_reminder', 'parameter shop_name'])
  assert.ok(tokens.includes(one), `${one} in ${tokens}`);
const hints = await client.ask(lsp.InlayHintRequest.type, {
  textDocument: { uri: cart },
  range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
});
assert.ok(hints.some((one) => one.label ===
  'cancels if bought with the same cart_id arrives before the wait ends'));
const tests = await client.open('tests/cart.trig');
const [run] = await client.ask(lsp.CodeLensRequest.type, { textDocument: { uri: tests } });
assert.equal(run.command.command, 'trig.runTest');
assert.equal(run.command.arguments[0].test, 'a cart left alone');
const weekly = await client.open('campaigns/weekly.trig');
const [next] = await client.ask(lsp.CodeLensRequest.type, { textDocument: { uri: weekly } });
assert.match(next.command.title,
  /^next: \d{4}-\d\d-\d\d 10:00, \d{4}-\d\d-\d\d 10:00, \d{4}-\d\d-\d\d 10:00 Europe\/Paris$/);
const monday = new Date(`${next.command.title.slice(6, 16)}T12:00:00Z`);
assert.equal(monday.getUTCDay(), 1);

// --- the format, and a file that changes beside the editor
await client.replace(cart, '  policy marketing', 'policy   marketing');
const [format] = await client.ask(lsp.DocumentFormattingRequest.type, {
  textDocument: { uri: cart }, options: { tabSize: 8, insertSpaces: false },
});
assert.equal(format.newText, '  policy marketing\n');
await client.replace(cart, 'policy   marketing', '  policy marketing');
fs.appendFileSync(path.join(project, 'campaigns/new.trig'), 'campaign {\n');
await client.tell(lsp.DidChangeWatchedFilesNotification.type, {
  changes: [{ uri: client.uri('campaigns/new.trig'), type: lsp.FileChangeType.Created }],
});
await client.settled(cart);
assert.equal(client.diagnostics.get(client.uri('campaigns/new.trig')).diagnostics.length, 1);
fs.unlinkSync(path.join(project, 'campaigns/new.trig'));
await client.tell(lsp.DidSaveTextDocumentNotification.type, { textDocument: { uri: cart } });
await client.settled(cart);
assert.deepEqual(client.diagnostics.get(client.uri('campaigns/new.trig')).diagnostics, []);
await client.end();

// --- an editor that counts in UTF-8
const bytes = new Client();
bytes.bytes = true;
const other = await bytes.ask(lsp.InitializeRequest.type, {
  processId: null, rootUri: null, workspaceFolders: null,
  capabilities: { general: { positionEncodings: ['utf-8', 'utf-16'] } },
});
assert.equal(other.capabilities.positionEncoding, 'utf-8');
const again = await bytes.open('campaigns/cart.trig');
await bytes.replace(again, 'cart_remindr', 'cart_reminder');
await bytes.replace(again, ' shop")', ' shop", nothing: 1)');
wrong = await bytes.settled(again);
assert.deepEqual(wrong.map((one) => one.range.start), [bytes.place(again, 'nothing', false)]);
await bytes.replace(again, ', nothing: 1', '');
assert.deepEqual(await bytes.settled(again), []);
await bytes.end();
console.log('as expected');
